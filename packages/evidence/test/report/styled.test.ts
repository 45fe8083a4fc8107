import { bibtexOf, citedItems, cslJsonOf, renderStyled } from "../../src/index.js";

const sha256 = "ab".repeat(32);
const read = "2026-11-22T10:00:00Z";
const sources = [
  {
    id: "S1",
    title: "How the range moves",
    uri: "https://tides.example/range",
    author: "Jane Smith",
    date: "2024-05-03T10:00:00Z",
  },
  { id: "S2", title: "Notes | on *neaps* [S9] & 100% {x}", uri: "file:notes/neaps.md" },
  {
    id: "S3",
    title: "1984. A <b>survey</b>",
    uri: "https://tides.example/survey.pdf",
    author: "Tide Foundation",
    mediaType: "application/pdf",
  },
].map((source) => ({ ...source, sha256, fetchedAt: read }));

const draft = `# Tides

The range doubles [S1]. It halves. [S2] Both hold [S1] [s3], they say. \`[S1]\` is code.

> Quoted
> words [S1,
> S2].

- Item[S3](https://a.b)

| a | b |
|---|---|
| x | y [S3] |

A note[^cite1].

[^cite1]: Of the draft [S2].

## References

- invented
`;

test("ids become authors and dates, before the full stop, and the list follows; code and tables stay", () => {
  const report = renderStyled(draft, sources, "apa");
  expect(report).toContain(
    "The range doubles \\(Smith, 2024\\). It halves \\(*Notes \\| on \\*neaps\\**, n.d.\\). Both hold \\(Smith, 2024; Tide Foundation, n.d.\\), they say. `[S1]` is code.",
  );
  expect(report).toContain("| x | y \\(Tide Foundation, n.d.\\) |");
  expect(report).not.toContain("invented");
  const [, list = ""] = report.split("## References\n\n");
  expect(list.trim().split("\n\n")).toEqual([
    "*Notes \\| on \\*neaps\\* \\[S9\\] \\& 100% \\{x\\}*. \\(n.d.\\). `file:notes/neaps.md`.",
    "Smith, J. \\(2024, May 3\\). *How the range moves*. tides.example. <https://tides.example/range>",
    "Tide Foundation. \\(n.d.\\). *1984. A \\<b\\>survey\\</b\\>*. tides.example. Retrieved November 22, 2026, from <https://tides.example/survey.pdf>",
  ]);
});

test("notes stand behind the punctuation, in full once, under names that no note of the draft has", () => {
  const report = renderStyled(draft, sources, "chicago-notes");
  expect(report).toContain("The range doubles.[^cite-1] It halves.[^cite-2] Both hold,[^cite-3] they say.");
  expect(report).toContain(
    "[^cite-1]: Jane Smith, “How the Range Moves,” tides.example, May 3, 2024, <https://tides.example/range>.",
  );
  expect(report).toMatch(/\[\^cite-3\]: Smith, “How the Range Moves\.” Tide Foundation, \*1984\. A/);
  expect(report).toContain("[^cite1]: Of the draft.[^cite-");
});

test.each(["mla", "chicago-author-date", "ieee", "acm"] as const)("%s renders the same draft", (style) => {
  expect(renderStyled(draft, sources, style)).not.toMatch(/(?<![`\\])\[S\d/i);
});

test("what could not be published in numbers is refused in every format", () => {
  expect(() => renderStyled("One [S9].", sources, "apa")).toThrow(/S9/);
  expect(() => renderStyled("One [S1]. Two [1].", sources, "mla")).toThrow(/would pass for a reference/);
  expect(() => renderStyled("One [S1].\n\n```\nopen", sources, "apa")).toThrow(/close the code/);
});

test("the references of a draft as CSL-JSON and BibTeX say what is known and nothing else", () => {
  const items = citedItems("Two [S3], one [S1].", sources);
  expect(JSON.parse(cslJsonOf(items))).toEqual([
    {
      id: "S3",
      type: "report",
      publisher: "tides.example",
      title: "1984. A <b>survey</b>",
      author: [{ literal: "Tide Foundation" }],
      accessed: { "date-parts": [[2026, 11, 22]] },
      URL: "https://tides.example/survey.pdf",
      note: `sha256 ${sha256}`,
    },
    {
      id: "S1",
      type: "webpage",
      "container-title": "tides.example",
      title: "How the range moves",
      author: [{ family: "Smith", given: "Jane" }],
      issued: { "date-parts": [[2024, 5, 3]] },
      accessed: { "date-parts": [[2026, 11, 22]] },
      URL: "https://tides.example/range",
      note: `sha256 ${sha256}`,
    },
  ]);
  expect(bibtexOf(citedItems("[S2]", sources))).toContain("title = {{Notes | on *neaps* [S9] \\& 100\\% \\{x\\}}},");
});
