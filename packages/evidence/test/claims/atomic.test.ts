import { checkCitations } from "../../src/index.js";

const SOURCES = [
  { id: "S1", title: "Markets", uri: "file:m.md", text: "The lender Aave and the lender Moonwell are on Base." },
];

/** The statements of a draft's citing sentences. */
const claims = (draft: string) =>
  checkCitations(draft, SOURCES).sentences.flatMap((sentence) => sentence.claims.map(({ text }) => text));

test.each([
  [
    "a conjunction of two sentences",
    "Aave pays 4.6% and Moonwell pays 5.1% [S1].",
    ["Aave pays 4.6%.", "Moonwell pays 5.1%."],
  ],
  ["a semicolon", "Aave pays 4.6%; the cap is $500 million [S1].", ["Aave pays 4.6%.", "The cap is $500 million."]],
  [
    "a relative clause",
    "Moonwell, which launched in 2023, pays 5.1% [S1].",
    ["Moonwell pays 5.1%.", "Moonwell launched in 2023."],
  ],
  ["it", "Aave is a lender. It pays 4.6% [S1].", ["Aave pays 4.6%."]],
  ["its", "Aave is a lender. Its cap is $500 million [S1].", ["Aave’s cap is $500 million."]],
  ["the protocol", "Aave is a lender. The protocol pays 4.6% [S1].", ["Aave pays 4.6%."]],
  ["the latter", "Aave and Moonwell are lenders. The latter pays 5.1% [S1].", ["Moonwell pays 5.1%."]],
])("%s", (_, draft, expected) => {
  expect(claims(draft)).toEqual(expected);
});

test.each([
  ["one verb with two objects", "Aave pays 4.6% and 5.1% [S1]."],
  ["one subject with two verbs", "Aave pays 4.6% and holds $480 million [S1]."],
  ["a condition", "If Aave pays 4.6% and Moonwell pays 5.1%, funds move [S1]."],
  ["a compound subject", "Aave and Moonwell are lenders [S1]."],
])("%s stays whole", (_, draft) => {
  expect(claims(draft)).toEqual([draft.replace(" [S1]", "")]);
});

test("a pronoun that could mean two stays, and so does one whose paragraph has begun with it", () => {
  expect(claims("Aave lends to Moonwell. It pays 4.6% [S1].")).toEqual(["It pays 4.6%."]);
  expect(claims("Aave is a lender.\n\nIt pays 4.6% [S1].")).toEqual(["It pays 4.6%."]);
});

test("each statement has the sources of its own part of the sentence", () => {
  const [sentence] = checkCitations(
    "Aave pays 4.6% to lenders [S1] and Moonwell pays 5.1% to lenders [S2].",
    SOURCES,
  ).sentences;
  expect(sentence?.claims.map(({ ids }) => ids)).toEqual([["S1"], ["S2"]]);
});

const AAVE = {
  id: "S1",
  title: "Aave on Base",
  uri: "file:aave.md",
  text: "Suppliers of USDC on Aave earned 4.6% APY in May 2025. Its market held $500 million of deposits.",
};
const MORPHO = { id: "S2", title: "Vaults", uri: "file:v.md", text: "The vaults of Morpho lend. Morpho is a lender." };
const verdictsOf = (draft: string) => checkCitations(draft, [AAVE, MORPHO]).sentences.map(({ verdict }) => verdict);

test.each([
  ", and the whole protocol is run by criminals from a basement",
  ", but most of them were robbed by insiders last winter",
  ", which regulators in Lisbon had called a swindle of savers",
  " because pirates had bribed the referees of football",
])("what is joined to a true statement must be in the source, too: %s", (addition) => {
  expect(verdictsOf(`Suppliers of USDC on Aave earned 4.6% APY in May 2025${addition} [S1].`)).toEqual(["partial"]);
  const both = "Suppliers of USDC on Aave earned 4.6% APY in May 2025, and the market held $500 million of deposits";
  expect(verdictsOf(`${both} [S1].`)).toEqual(["supported"]);
});

test("what is said of “it” is said of the name before, which the cited source must have", () => {
  expect(verdictsOf("Morpho is a lender [S2]. It earned 4.6% APY for suppliers of USDC in May 2025 [S1].")).toEqual([
    "supported",
    "partial",
  ]);
  const own = "Aave has a market for USDC [S1]. It earned 4.6% APY for suppliers of USDC in May 2025 [S1].";
  expect(verdictsOf(own)[1]).toBe("supported");
});
