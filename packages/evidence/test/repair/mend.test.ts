import { checkCitations, type SourceText } from "../../src/check/index.js";
import { mend } from "../../src/repair/mend.js";

const source = (id: string, title: string, text: string): SourceText => ({ id, title, uri: `file:${id}.md`, text });
const AAVE = source(
  "S1",
  "Aave",
  "# Aave\n\nSuppliers of USDC on Aave earned 4.6% APY in September 2026. The cap is 500 million dollars.",
);
const MOON = source(
  "S2",
  "Moonwell",
  "# Moonwell\n\nMoonwell paid a reward of 1.2% APY to suppliers of USDC. It was audited by Halborn in 2024.",
);
const TEXTS = [AAVE, MOON];

const GOOD = "Suppliers of USDC on Aave earned 4.6% APY in September 2026 [S1].";
const mended = (draft: string, rewordings?: Map<number, string[]>) =>
  mend(draft, TEXTS, checkCitations(draft, TEXTS), { rewordings });

it("leaves a draft that holds as it is, letter by letter", () => {
  const draft = `# Rates\n\n${GOOD}  \n*Moonwell* paid a reward of **1.2%** APY [S2].\n`;
  expect(mended(draft)).toEqual({ draft, changes: [] });
});

it("takes the source that says it, and drops one that does not", () => {
  const swapped = mended(`# R\n\n${GOOD}\n\nMoonwell paid a reward of 1.2% APY to suppliers of USDC [S1].`);
  expect(swapped.changes).toMatchObject([{ how: "other_source" }]);
  expect(swapped.draft).toBe(`# R\n\n${GOOD}\n\nMoonwell paid a reward of 1.2% APY to suppliers of USDC [S2].`);
  const invented = mended(`Moonwell was audited by Halborn in 2024 [S2, S9].`);
  expect(invented).toMatchObject({
    draft: "Moonwell was audited by Halborn in 2024 [S2].",
    changes: [{ how: "fewer_sources" }],
  });
});

it("narrows a sentence to the clause that holds", () => {
  const { draft, changes } = mended(
    "Moonwell was audited by Halborn in 2024, and it lost 30 million dollars to theft in 2025 [S2].",
  );
  expect(changes).toMatchObject([{ how: "narrowed" }]);
  expect(draft).toBe("Moonwell was audited by Halborn in 2024 [S2].");
});

it("takes a rewording only if the check supports it", () => {
  const bad = "Moonwell paid a reward of 9.9% APY to suppliers of USDC [S2].";
  const proposals = ["Moonwell paid 3% [S2].", "Moonwell paid suppliers of USDC a reward of 1.2% APY [S2]."];
  const { draft, changes } = mended(bad, new Map([[0, proposals]]));
  expect(changes).toMatchObject([{ how: "reworded" }]);
  expect(draft).toBe(proposals[1]);
});

it.each([
  [
    "a sentence of a paragraph",
    `${GOOD} Cats like milk [S2]. The cap is 500 million dollars [S1].`,
    `${GOOD} The cap is 500 million dollars [S1].`,
  ],
  ["a paragraph", `# T\n\n${GOOD}\n\nCats like milk [S2].\n\n${GOOD}\n`, `# T\n\n${GOOD}\n\n${GOOD}\n`],
  ["the last paragraph", `# T\n\n${GOOD}\n\nCats like milk [S2].\n`, `# T\n\n${GOOD}\n\n`],
  [
    "an item, and not what follows the list",
    `- ${GOOD}\n- Cats like milk [S2].\n\nNo more.\n`,
    `- ${GOOD}\n\nNo more.\n`,
  ],
  ["an item within an item", `- ${GOOD}\n  - Cats like milk [S2].\n- ${GOOD}\n`, `- ${GOOD}\n- ${GOOD}\n`],
  [
    "a row",
    `| a | b |\n|---|---|\n| Cats | milk [S2] |\n| Cap | 500 million dollars [S1] |\n`,
    `| a | b |\n|---|---|\n| Cap | 500 million dollars [S1] |\n`,
  ],
  [
    "a section with its heading",
    `# T\n\n## A\n\nCats like milk [S2].\n\n## B\n\n${GOOD}\n`,
    `# T\n\n## B\n\n${GOOD}\n`,
  ],
  [
    "emphasis with its marks",
    `${GOOD} **Cats like milk [S2].** The cap is 500 million dollars [S1].`,
    `${GOOD} The cap is 500 million dollars [S1].`,
  ],
])("removes %s", (_, draft, after) => {
  const result = mended(draft);
  expect(result.changes.map(({ how }) => how)).toEqual(["removed"]);
  expect(result.changes[0]?.why).not.toBe("");
  expect(result.draft).toBe(after);
});

describe("a sentence that its source says more weakly", () => {
  const weak = (text: string, title = "A paper on *Losses*"): SourceText[] => [source("S1", title, text)];
  /** A judge has found that the source says only a part of it. */
  const lowered = (draft: string, sources: SourceText[]) => {
    const report = checkCitations(draft, sources);
    const sentences = report.sentences.map((each) => ({
      ...each,
      verdict: "partial" as const,
      method: "model" as const,
    }));
    return mend(draft, sources, { ...report, sentences });
  };

  it.each([
    ["The dye reduces swarms of bees [S1].", "The dye may reduce swarms of bees in spring.", "may reduce"],
    ["The dye reduced swarms of bees [S1].", "The dye might have reduced swarms of bees.", "might have reduced"],
    ["The dye is harmful to bees [S1].", "The dye could be harmful to bees.", "could be harmful"],
    ["Hives were harmed by the frost [S1].", "Hives may have been harmed by the frost.", "may have been harmed"],
    ["The bridge will open in Hull [S1].", "The bridge is expected to open in Hull.", "is expected to open"],
    ["Rates always fall in winter [S1].", "Rates often fall in winter.", "Rates often fall"],
    ["The reserve holds exactly 40 tonnes [S1].", "The reserve holds about 40 tonnes.", "holds about 40 tonnes"],
    ["All lenders closed in winter [S1].", "Most lenders closed in winter.", "Most lenders closed"],
    ["Lenders closed in winter [S1].", "Many of the lenders closed in winter.", "Many of the lenders closed"],
    ["The pill cures headaches [S1].", "In some cases the pill cures headaches.", "headaches in some cases [S1]."],
    [
      "The loss was 5 tonnes. [S1]",
      "According to the police, the loss was 5 tonnes.",
      "5 tonnes, according to the police. [S1]",
    ],
    [
      "The loss was 5 tonnes [S1].",
      "The mayor said that the loss was 5 tonnes.",
      "5 tonnes, according to the mayor [S1].",
    ],
    [
      "The loss was 5 tonnes [S1].",
      "We estimate that the loss was 5 tonnes.",
      "according to *A paper on Losses* [S1].",
    ],
    [
      "Ferries carry 30 cars and cut traffic [S1].",
      "Ferries can carry up to 30 cars and may cut traffic.",
      "can carry up to 30 cars and may cut",
    ],
  ])("%s %s", (draft, text, part) => {
    const result = lowered(draft, weak(text));
    expect(result.changes.map(({ how }) => how)).toEqual(["hedged"]);
    expect(result.draft).toContain(part);
  });

  it.each([
    [
      "says it of another thing",
      "The fall of rates was long [S1].",
      "Rates usually fall in winter, and the fall was long.",
    ],
    ["denies it", "The dye reduces swarms of bees [S1].", "The dye may not reduce swarms of bees."],
    ["says it as it is", "The dye reduces swarms of bees [S1].", "The dye reduces swarms of bees."],
    ["uses the verb twice", "The dye reduces bees and reduces ants [S1].", "The dye may reduce bees and reduces ants."],
  ])("stays as strong where the source %s", (_, draft, text) => {
    expect(lowered(draft, weak(text)).changes.map(({ how }) => how)).not.toContain("hedged");
  });

  it("is not given words of its source by which it would seem to be there", () => {
    const draft = "The dye reduces swarms of bees [S1].";
    const sources = weak("The dye may reduce swarms of bees.");
    const report = checkCitations(draft, sources);
    const lacking = { id: "S1", kind: "overlap" as const, passed: false, detail: "35 %" };
    const sentences = report.sentences.map((each) => ({ ...each, verdict: "partial" as const, checks: [lacking] }));
    expect(mend(draft, sources, { ...report, sentences }).changes).toMatchObject([{ how: "removed" }]);
  });
});

describe("a sentence after one that goes", () => {
  const FALSE = "Aave was shut down by regulators in 1850 [S1].";
  const AUDITED = "Moonwell was audited by Halborn in 2024 [S2].";
  const CAP = "has a cap of 500 million dollars [S1].";

  it.each([
    ["has the name put in", `${AUDITED} ${FALSE} It ${CAP}`, `${AUDITED} Aave ${CAP}`, ["removed", "named"]],
    ["whose it that is, too", `${FALSE} Its cap is low.`, "Aave’s cap is low.", ["removed", "named"]],
    [
      "goes as well where nobody could tell what it means",
      `${GOOD} Cats like milk [S2]. They sleep all day. The cap is 500 million dollars [S1].`,
      `${GOOD} The cap is 500 million dollars [S1].`,
      ["removed", "removed"],
    ],
    [
      "stays where both spoke of the same",
      `Aave ${CAP} It was shut down by regulators in 1850 [S1]. It is liked.`,
      `Aave ${CAP} It is liked.`,
      ["removed"],
    ],
    [
      "stays where it says that something is so",
      `Cats like milk [S2]. It is true that the cap is 500 million dollars [S1].`,
      `It is true that the cap is 500 million dollars [S1].`,
      ["removed"],
    ],
    ["stays in the next paragraph", `${FALSE}\n\nIt ${CAP}`, `It ${CAP}`, ["removed"]],
  ])("%s", (_, draft, after, how) => {
    const result = mended(draft);
    expect(result.draft.trim()).toBe(after);
    expect(result.changes.map((change) => change.how)).toEqual(how);
  });
});

it("a heading goes with all that this repair takes from under it, and no other", () => {
  const cites = "## Suppliers of USDC on Aave earned 4.6% APY in September 2026 [S1]";
  const { draft } = mended(
    `# T\n\n## Empty\n\n${cites}\n\nCats like milk [S2].\n\n## Gone\n\n### Too\n\n- Cats like milk [S2]. Dogs like it [S2].\n- Cows [S2].\n`,
  );
  expect(draft).toBe(`# T\n\n## Empty\n\n${cites}\n`);
});

it("without time to try anything it only removes", () => {
  const swapped = "Moonwell paid a reward of 1.2% APY to suppliers of USDC [S1].";
  let left = 2;
  const result = mend(`${swapped}\n\n${swapped}\n`, TEXTS, checkCitations(`${swapped}\n\n${swapped}\n`, TEXTS), {
    mayTry: () => left-- > 0,
  });
  expect(result.changes.map(({ how }) => how)).toEqual(["other_source", "removed"]);
});

it("what it leaves is only what stood there or what holds, whatever the draft", () => {
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % n;
  };
  const parts = [
    GOOD,
    "Cats like milk [S2].",
    "The cap is 900 million dollars [S1].",
    "The cap is 500 million dollars [S1].",
    "Moonwell paid 1.2% APY to suppliers [S9].",
    "Nothing is cited here.",
  ];
  for (let round = 0; round < 15; round++) {
    const lines = Array.from({ length: 2 + random(6) }, () => {
      const sentences = Array.from({ length: 1 + random(3) }, () => parts[random(parts.length)]).join(" ");
      return `${["", "- ", "> ", "1. "][random(4)]}${sentences}`;
    });
    const draft = `# T\n\n${lines.join("\n\n")}\n`;
    const before = checkCitations(draft, TEXTS);
    const result = mend(draft, TEXTS, before);
    const after = checkCitations(result.draft, TEXTS);
    const held = (v: typeof before) =>
      v.sentences.filter(({ verdict }) => verdict === "supported").map(({ text }) => text);
    expect(after.sentences.filter(({ verdict }) => verdict !== "supported")).toEqual([]);
    expect(held(after)).toEqual(expect.arrayContaining(held(before)));
    expect(after.sentences.length).toBeGreaterThanOrEqual(held(before).length);
    expect(result.changes).toHaveLength(before.sentences.length - held(before).length);
  }
});

it("takes an image whose words do not hold out whole", () => {
  const image = "![Aave was robbed of 90 million dollars [S1]. Its founders fled.](http://x.org/y.png)";
  expect(mended(`# R\n\n${GOOD}\n\n${image}\n`).draft).not.toContain("robbed");
  expect(mended(`# R\n\n${GOOD}\n\n${image}\n`).draft).not.toContain("x.org");
});
