import { checkCitations, gate, type SourceText } from "../../src/index.js";

const SOURCES: SourceText[] = [
  {
    id: "S1",
    title: "Aave v3 on Base: the USDC market",
    uri: "file:aave.md",
    text: "Suppliers of USDC on Aave earned 4.6% APY in September 2026. The supply cap is $500 million. Moonwell had 38 million WELL to pay.",
  },
];
const CITED = "Suppliers of USDC on Aave earned 4.6% APY in September 2026 [S1].";

/** The sentences of a draft that its report says should cite. */
const uncited = (draft: string) => checkCitations(draft, SOURCES).uncited.map(({ text }) => text);

test.each([
  ["a figure", "The supply cap is $500 million."],
  ["a bare share", "Roughly 12% of deposits left."],
  ["a date", "The upgrade followed in September 2026."],
  ["a year", "The market opened in 2023."],
  ["a quotation", "The team calls it “a bridge of last resort”."],
  ["something of a name", "The bridge is operated by Coinbase from the United States."],
  ["something of a name in the present", "The exchange Aerodrome distributes its fees to voters every week."],
  ["a comparison", "Lending there is cheaper than borrowing from a bank."],
  ["a superlative", "It is the largest lending market of the network."],
  ["a cause", "Rates rose because withdrawals took most of the liquidity."],
  ["a figure in what the report says of itself", "This report shows that suppliers earn 4.6%."],
  ["a figure in an opinion", "We think that 40% of it is lost."],
  ["a sum that the report shows", "This report shows Aave lost $900 million to thieves in 2024."],
  ["a share that it describes", "This review describes how Aave lost 70% of its deposits in March 2025."],
  ["what a table lists as so", "The table below lists Morpho as having been bankrupt since 2022."],
  ["what is clear beside the unclear", "It remains unclear why, but Aave was hacked in 2024."],
  ["a sum that nobody explains", "No source explains how thieves took $900 million from Aave."],
  ["a question that tells", "Did you know that Aave was hacked in 2024?"],
  ["a question that takes a sum for granted", "Why did Aave lose $900 million to thieves?"],
  ["a heading that tells", "## Aave lost $900 million to thieves in 2024"],
  ["a heading that tells when", "## Morpho was bankrupt in 2022"],
  ["what an image says", "![Aave lost $600 million to thieves in 2024](http://x.org/y.png)"],
  ["what an image by reference says", "![Aave lost $600 million to thieves in 2024][y]\n\n[y]: http://x.org/y.png"],
  ["a sentence in a block of code", "```text\nAave lost $600 million\nto thieves in 2024 [S1].\n```"],
  ["a sentence in an indented block", "    Aave lost $600 million to thieves in 2024."],
  ["a figure in a list item", "- Supply cap: $500 million"],
  ["a figure in a table", "| Market | Cap |\n| --- | --- |\n| USDC | $500 million |"],
])("%s is worth a citation", (_, sentence) => {
  expect(uncited(`# Title\n\n${sentence}\n`)).toHaveLength(1);
});

test.each([
  ["a heading that names", "## Lending rates on Base in 2026: the 5 largest markets"],
  ["a heading of another's words", "## “Code is law” after 2022"],
  ["a question after what has changed", "What did suppliers of USDC earn in September 2026?"],
  ["a question", "Is Aave paying more than 4%?"],
  ["what the report is", "This report compares lending markets on Base as of September 2026."],
  ["what a part of it holds", "The table below lists the five markets and their caps."],
  ["what the built-in model says of itself", "This report was put together by Vibewriter without a language model."],
  ["a transition", "Next, we turn to Moonwell and its rewards program."],
  ["a transition of few words", "Now to the risks."],
  ["what no source says", "No source gives the TVL of Morpho after July 2026."],
  ["that sources differ", "The sources disagree on what Aave pays to suppliers."],
  ["an opinion", "In our view, Aave is the safer choice for most people."],
  ["advice", "Readers should consider the custody of Coinbase before depositing."],
  ["a label", "**Risks on Base.**"],
  ["the title of a source", "*Aave v3 on Base: the USDC market.*"],
  ["a table's head", "| Cap in 2026 | Paid in 2025 |\n| --- | --- |\n| low | high |"],
  ["an image's name", "![Logo of the team](http://x.org/y.png)"],
  ["a program", "```ts\nconst cap = 500; // Suppliers earned 4.6% in 2026.\nif (cap > 4) return cap;\n```"],
  ["code", "```\nsupply cap: $500 million\n```"],
  ["a list of references", "## References\n\n1. Aave paid 4.6% in September 2026."],
])("%s is none", (_, sentence) => {
  expect(uncited(`# Title\n\n${sentence}\n`)).toEqual([]);
});

test("a line that opens a list is covered by items that all cite, and by nothing less", () => {
  const items = `- ${CITED}\n- The supply cap is $500 million [S1].`;
  expect(uncited(`Aave on Base has these terms for suppliers:\n\n${items}`)).toEqual([]);
  expect(uncited(`Aave on Base has these terms for suppliers:\n\n${items}\n- It has no end.`)).toHaveLength(1);
  expect(uncited(`Aave on Base has these terms for suppliers:\n\n${CITED}`)).toHaveLength(1);
});

test("a sentence is not covered by the next one's citation, but by its own words elsewhere", () => {
  expect(uncited(`The supply cap is $500 million. ${CITED}`)).toEqual(["The supply cap is $500 million."]);
  const again = `The supply cap is $500 million.\n\n${CITED} The supply cap is $500 million [S1].`;
  expect(checkCitations(again, SOURCES).coverage).toEqual({ worth: 2, cited: 2, share: 1 });
});

test("the gate wants four of five sentences that state something to cite, names three, and counts for itself", () => {
  const bare = (count: number) =>
    Array.from({ length: count }, (_, i) => `Market ${i} lent $${i + 2} million.`).join(" ");
  const good = `# T\n\n${CITED} The supply cap is $500 million [S1]. Moonwell had 38 million WELL to pay [S1]. Suppliers of USDC earned 4.6% APY [S1].`;
  const passing = `${good} ${bare(1)}`;
  expect(gate(checkCitations(passing, SOURCES), passing)).toEqual({ pass: true });
  const failing = `${good} ${bare(5)}`;
  const report = checkCitations(failing, SOURCES);
  expect(report.coverage).toEqual({ worth: 9, cited: 4, share: 4 / 9 });
  const decision = gate(report, failing);
  expect(decision).toMatchObject({ pass: false, code: "coverage_too_low" });
  const message = decision.pass ? "" : decision.message;
  expect(message).toMatch(
    /^Only 4 of 9 sentences .*“Market 0 lent \$2 million\.”.*“Market 2[^”]*” and 2 more, or take them out\.$/,
  );
  const forged = { ...report, coverage: { worth: 4, cited: 4, share: 1 } };
  expect(gate(forged, failing)).toMatchObject({ code: "invalid_report" });
});

test("a report of an earlier release, which knew no coverage, does not pass", () => {
  const { uncited: _, coverage: __, ...old } = checkCitations(CITED, SOURCES);
  expect(gate(old, CITED)).toMatchObject({ code: "invalid_report" });
});
