import { parseDraft } from "../../src/check/draft.js";
import { renderReport, slug } from "../../src/index.js";

const sha256 = "ab".repeat(32);
const sources = [1, 2, 3].map((n) => ({
  id: `S${n}`,
  title: `Title ${n}`,
  uri: `file:notes/${n}.md`,
  sha256,
  fetchedAt: "2026-11-22T10:00:00Z",
}));

test("ids become numbers in the order of first use, and the cited sources are listed", () => {
  const draft =
    "# T\n\nOne [S3]. Two [S1, S3]. *Three* [s1][S2].\n\n- Item [S2](https://a.b)\n\n| a | b |\n|---|---|\n| x | y [S3] |\n";
  const report = renderReport(draft, sources);
  expect(report).toContain("One [1]. Two [2, 1]. *Three* [2][3].");
  expect(report).toContain("- Item [3]");
  expect(report).toContain("| x | y [1] |");
  expect(report.slice(report.indexOf("## References"))).toBe(
    "## References\n\n" +
      [3, 1, 2]
        .map((n, i) => `${i + 1}. Title ${n}. \`file:notes/${n}.md\`, read 2026-11-22, sha256 \`abababababab\` (S${n})`)
        .join("\n") +
      "\n",
  );
});

test("code stays, the draft's own reference list goes", () => {
  const report = renderReport(
    "A [S1]. `x[S2]`\n\n```\n[S9]\n```\n\n## References\n\n- [S9] made up\n\n## After\n\nB [S2].",
    sources,
  );
  expect(report).toContain("`x[S2]`");
  expect(report).toContain("```\n[S9]\n```");
  expect(report).not.toContain("made up");
  expect(report).toMatch(/## After\n\nB \[2\]\.\n\n## References/);
});

test("an unknown id renders nothing", () => {
  expect(() => renderReport("A [S1]. B [S7].", sources)).toThrow(expect.objectContaining({ code: "unknown_source" }));
});

test("titles and addresses cannot act as Markdown", () => {
  const hostile = [
    { id: "S1", title: "![x](http://e.vil/p.png)\n# Big <script> &#60;", uri: "https://e.vil/a>b<img src=x>", sha256 },
    { id: "S2", title: "See https://e.vil and www.e.vil", uri: "https://a.org/x%2Fy?u=1%26v", sha256 },
  ];
  const report = renderReport("A [S1]. B [S2].", hostile);
  const [first, second] = report.split("\n").slice(-3);
  expect(first).toContain("\\!\\[x\\]\\(http:\u2060//e.vil/p.png\\) \\# Big \\<script\\> \\&\\#60;");
  expect(first).not.toMatch(/<img|[^\\]<script/);
  expect(second).toContain("<https://a.org/x%2Fy?u=1%26v>");
  const links = JSON.stringify(parseDraft(report)).match(/"url":"[^"]*"/g);
  expect(links).toEqual(['"url":"https://e.vil/a%3Eb%3Cimg%20src=x%3E"', '"url":"https://a.org/x%2Fy?u=1%26v"']);
});

test("raw HTML, notes that nothing refers to and links behind reference numbers are left out", () => {
  const draft =
    "# T\n\nA<!-- x --> <span hidden>b</span><br>c [S1].[^n]\n\n<p>Claim <sup>[1]</sup></p>\n\n[^n]: Note [S2].\n[^n]: Twice [S3].\n" +
    "[^o]: Nobody [S3].\n\n[1]: https://e.vil\n[x]: https://a.b\n\n> Quoted [S1,\n> S2].\n";
  const report = renderReport(draft, sources);
  expect(report).toContain("A b c [1].[^n]");
  expect(report).toContain("[^n]: Note [2].");
  expect(report).toContain("[x]: https://a.b");
  expect(report).toContain("> Quoted [1, 2].");
  expect(report).not.toMatch(/<|Claim|Twice|Nobody|e\.vil|Title 3/);
});

test.each([
  ["a number like a reference", "A [S1].\n\nMade up [1]."],
  ["a range of them", "A [S1, S2].\n\nMade up [1–2]."],
  ["one in other characters", "A [S1].\n\nMade up ［1］."],
  ["one with something invisible", "A [S1].\n\nMade up [\u200b1]."],
  ["one that is a link", "A [S1].\n\nMade up [1](https://e.vil)."],
  ["one that HTML cuts", "A [S1].\n\nMade up [<b></b>1]."],
  ["one in a heading", "A [S1].\n\n## Made up [1]"],
  ["code that opens when HTML goes", "A [S1].\n\n<b></b>```\nB\n\n```\nMade up [1]\n```\n"],
  ["an escaped id", "A [S1]. B \\[S2\\]."],
  ["an id with an entity", "A &#91;S1]."],
  ["an emphasised id", "A [S*1*]."],
  ["an id that HTML cuts", "A [S<b></b>1]."],
  ["an open comment", "A [S1].\n\n```\n<!--\n"],
  ["open code", "A [S1].\n\n~~~\nx\n"],
])("what would show a reference that is none, or hide one, is not rendered: %s", (_, draft) => {
  expect(() => renderReport(draft, sources)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

test("numbers in brackets that are no references stay", () => {
  const draft = "In [2024] a share of [0, 1] was `x[1]` [S1].\n\n```\ny[1]\n```\n\n<!-- open";
  expect(renderReport(draft, sources)).toContain("In [2024] a share of [0, 1] was `x[1]` [1].\n\n```\ny[1]\n```\n");
});

test("slugs", () => {
  expect(slug("Research DeFi: yield & “Base” — 2026!")).toBe("research-defi-yield-base-2026");
  expect(slug("Über Zürich")).toBe("uber-zurich");
  expect(slug("../../etc/passwd")).toBe("etc-passwd");
  expect(slug("日本")).toBe("report");
});
