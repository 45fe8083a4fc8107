import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { direct } from "../../src/offline/chief.js";
import { Conversation } from "../../src/offline/conversation.js";
import { findDisagreements } from "../../src/offline/disagreement.js";
import { composeDraft, titleOf } from "../../src/offline/draft.js";
import { mergeNotes, type Notes, readNotes, writeNotes } from "../../src/offline/notes.js";
import { coversRequest, echoesOf, isAbout, rankFindings } from "../../src/offline/relevance.js";
import { noticesOf, sentencesOf } from "../../src/offline/sentences.js";

const REQUEST = "Research DeFi yield opportunities on Base blockchain";

const NOTHING = { dropped: new Set<string>(), conflicts: [], gaps: [] };

describe("sentences of a source", () => {
  it("leaves out what is not prose and keeps sentences word for word", () => {
    const text = [
      "# Title of it",
      "> Illustrative note, figures invented for demonstration.",
      "The rate was 4.6% on Sept. 3, e.g. for [USDC](https://x.test), as Dr. Smith of the U.S. office says. It fell later in that month.",
      "```\nconst code = 'is not a sentence of the source at all';\n```",
      "| a table row | that is not a sentence at all |",
      "- *Another title.* The item of a list says that the *cap* is $500 million [3].",
      "We use cookies to improve your experience on this page today.",
      "## References\n\nSmith, A very long reference that looks like a sentence, 2024.",
    ].join("\n\n");
    const found = sentencesOf(text);
    expect(found.map((sentence) => sentence.text)).toEqual([
      "The rate was 4.6% on Sept. 3, e.g. for USDC, as Dr. Smith of the U.S. office says.",
      "The item of a list says that the cap is $500 million.",
    ]);
    expect(noticesOf(text)).toEqual(["Illustrative note, figures invented for demonstration."]);
  });
});

describe("relevance", () => {
  it("tells a subject from its homonyms by how names are spelt", () => {
    expect(isAbout(REQUEST, "USDC on Base paid a yield of 4% last year.")).toBe(true);
    expect(isAbout(REQUEST, "The yield of beans depends on the base of the plant.")).toBe(false);
    expect(isAbout("how do bees survive winter", "In winter the bees form a cluster.")).toBe(true);
    expect(isAbout("how do bees survive winter", "The car starts badly in winter.")).toBe(false);
    expect(coversRequest(REQUEST, ["On Base, DeFi lending pays a yield."])).toBe(true);
    expect(coversRequest(REQUEST, ["The fund on Base Street is closed."])).toBe(false);
    expect(isAbout("", "anything")).toBe(false);
  });

  it("keeps a sentence that leans on another with it, or passes it over", () => {
    const sentences = sentencesOf(
      "The market on Base holds 412 million dollars of deposits. It is the largest one of them all on the network.\n\nHowever, it was smaller than that some years ago indeed.",
    );
    const found = rankFindings({ request: REQUEST, angle: "size" }, [{ id: "S1", title: "Base", sentences }], 10);
    expect(found.map((finding) => finding.sentences.length)).toEqual([2]);
  });
});

test("what other sources say in nearly the same words is recorded, too: another day or a denial stands against it", () => {
  const read = (id: string, text: string) => ({ id, title: id, sentences: sentencesOf(text) });
  const sources = [
    read(
      "S1",
      "The port of Nordhafen opened a new quay in June 2023. Nordhafen did not raise its fees for large ships.",
    ),
    read(
      "S2",
      "Nordhafen raised its fees for large ships in spring. The port of Nordhafen opened a new quay in August 2023.",
    ),
    read("S3", "The port of Nordhafen is closed on Sundays and on holidays. Ships wait for two days on average there."),
  ];
  const said = (sources[0]?.sentences ?? []).map(({ text }) => ({ source: "S1", text }));
  expect(echoesOf(said, sources).map(({ source, text }) => `${source} ${text}`)).toEqual([
    "S2 The port of Nordhafen opened a new quay in August 2023.",
    "S2 Nordhafen raised its fees for large ships in spring.",
  ]);
});

test("the titles before what an earlier report quotes are none of its sentences", () => {
  const item =
    "- *Morpho on Base: curated vaults for USDC.* Morpho vaults can lend at a higher utilisation [1]. *The Aave v3 market on Base for USDC.* Aave v3 suppliers earned less than that in spring [2].";
  expect(sentencesOf(item).map(({ text }) => text)).toEqual([
    "Morpho vaults can lend at a higher utilisation.",
    "Aave v3 suppliers earned less than that in spring.",
  ]);
});

test("what an earlier report says of itself is no finding of the next one", () => {
  const draft = composeDraft(
    "Tides",
    { sources: [], findings: [], disagreements: [] },
    { dropped: new Set(), conflicts: [], gaps: [] },
  );
  expect(sentencesOf(draft)).toEqual([]);
});

describe("disagreements", () => {
  const titles = new Map([
    ["S1", "Moonwell: retail lending on Base"],
    ["S2", "A survey of lending on Base"],
    ["S3", "Compound on Base"],
  ]);
  const find = (...texts: [string, string][]) =>
    findDisagreements(
      texts.map(([source, text]) => ({ source, text })),
      titles,
      5,
    ).map(({ first, second }) => [first.source, second.source]);

  it("finds other figures for the same thing and not for other things", () => {
    const held: [string, string] = ["S1", "It held $186 million in total value locked on Base."];
    expect(find(held, ["S2", "Our count of total value locked in Moonwell on Base is $149 million."])).toEqual([
      ["S1", "S2"],
    ]);
    expect(find(held, ["S3", "Compound held $94 million in total value locked on Base."])).toEqual([]);
    expect(find(held, ["S2", "Total value locked in Moonwell on Base is $186 million."])).toEqual([]);
    expect(find(held, ["S1", "It held $149 million in total value locked on Base."])).toEqual([]);
  });
});

describe("notes and drafts", () => {
  const notes: Notes = {
    sources: [{ id: "S1", title: "A [title] *with* marks", uri: "file:a.md", notices: ["Figures invented."] }],
    findings: [{ source: "S1", heading: "Rates {x}", sentences: ["The rate_of_it was 4%.", "It | fell."], score: 1.5 }],
    disagreements: [{ first: { source: "S1", text: "A is 1." }, second: { source: "S2", text: "A is 2." }, score: 2 }],
  };

  it("are read back as they were written, whatever read_file puts around them", () => {
    const text = `@@ lines 1-9 of 9 @@\n${writeNotes("q", notes)}`;
    const back = readNotes(text);
    expect(back.findings).toEqual([{ ...notes.findings[0], heading: "Rates x" }]);
    expect({ ...back, findings: [] }).toEqual({ ...notes, findings: [] });
    expect(mergeNotes([back, back])).toEqual(back);
  });

  it("escape what Markdown would take for marks, and leave out what was dropped", () => {
    const draft = composeDraft(REQUEST, notes, { ...NOTHING, gaps: ["Who pays?"] });
    expect(draft).toContain("*A \\[title\\] \\*with\\* marks.* The rate\\_of\\_it was 4% [S1]. It | fell [S1].");
    expect(composeDraft(REQUEST, notes, { ...NOTHING, dropped: new Set(["therateofitwas4"]) })).not.toContain("was 4%");
    expect(draft).toContain("## What is missing\n\n- Who pays?");
    const [first, second] = notes.findings.map(({ source, sentences }) => ({ source, text: sentences[0] ?? "" }));
    if (first === undefined) throw new Error("The notes have no finding.");
    const conflicts = [{ first, second: second ?? first, note: "They speak of different times." }];
    expect(composeDraft(REQUEST, notes, { ...NOTHING, conflicts })).toMatch(
      /## Where the sources disagree\n\n- .*was 4% \[S1\]\. .* They speak of different times\.\n/,
    );
  });

  it("take their title from the request", () => {
    expect(titleOf(REQUEST)).toBe("DeFi yield opportunities on Base blockchain");
    expect(titleOf("Write a short report about the bees of Vienna.")).toBe("Bees of Vienna");
    expect(titleOf("how risky is lending on Base?")).toBe("How risky is lending on Base");
    expect(titleOf("Research x")).toBe("Research x");
    expect(titleOf(`${"word ".repeat(60)}`).length).toBeLessThan(112);
  });
});

test("notes that nobody may read back any more are not told as a lack of evidence", () => {
  const messages: BaseMessage[] = [new HumanMessage("How do Aave and Morpho compare?")];
  const answers: Record<string, string> = {
    search_choir_kb: "[]",
    web_search: '{"results":[]}',
    task: "EVIDENCE: enough.",
  };
  const said: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const { text, calls } = direct(new Conversation("main", messages));
    said.push(text, ...calls.map(({ name }) => name));
    if (calls.length === 0) break;
    const tool_calls = calls.map((call) => ({ ...call, type: "tool_call" as const }));
    messages.push(new AIMessage({ content: text, tool_calls }));
    for (const { id, name } of calls) {
      const status = answers[name] === undefined && name !== "write_todos" ? "error" : "success";
      messages.push(new ToolMessage({ tool_call_id: id, content: answers[name] ?? "Done.", status }));
    }
  }
  expect(said.at(-1)).toContain("the notes could not be read back");
  expect(said).not.toContain("stop_without_report");
});
