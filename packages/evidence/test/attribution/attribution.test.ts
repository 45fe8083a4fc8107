import { attributionOfText, falseAcceptsAt, figuresAt, type Judged, rowsOf } from "../../src/index.js";
import { NEAR_MISSES, PASSAGES } from "./rows.js";

const REFERENCE =
  "The lighthouse of Vinga was built in 1841. It stands 25 metres tall and was automated in 1974. Its keeper, Axel Taube, had a daughter there.";

test("a text bears out what it says, in other words too, and not what it does not say", () => {
  const good = "The Vinga lighthouse was built in 1841 [1].";
  expect(attributionOfText(good, REFERENCE)).toBeGreaterThan(0.5);
  const bad = "The lighthouse burns gas from a ship that comes every spring.";
  expect(attributionOfText(bad, REFERENCE)).toBeLessThan(0.5);
  for (const worse of [
    "The Vinga lighthouse was built in 1814 [1].",
    "The Vinga lighthouse was not built in 1841 [1].",
  ])
    expect(attributionOfText(worse, REFERENCE), worse).toBeLessThan(attributionOfText(good, REFERENCE) - 0.1);
  expect(attributionOfText("Nothing can rest on nothing.", " \n ")).toBe(0);
});

test("the address of a reference is not its text", () => {
  const claim = "Glaciers melt into northern fjords.";
  const plain = attributionOfText(claim, "Bees live in cities.");
  expect(
    attributionOfText(claim, "[2] https://example.org/glaciers-melt-northern-fjords\n\nBees live in cities."),
  ).toBe(plain);
});

test("the figures of an evaluation are those of its confusion table", () => {
  const scores: [number, boolean][] = [
    [0.9, true],
    [0.8, true],
    [0.6, false],
    [0.5, true],
    [0.4, false],
    [0.3, true],
    [0.1, false],
  ];
  const rows = scores.map(
    ([score, isGood]): Judged => ({ score, label: isGood ? "attributable" : "not attributable" }),
  );
  const figures = figuresAt(rows, 0.5);
  expect(figures.confusion).toEqual({
    attributable: { attributable: 3, "not attributable": 1 },
    "not attributable": { attributable: 1, "not attributable": 2 },
  });
  expect(figures.attributable).toMatchObject({ precision: 0.75, recall: 0.75 });
  expect(figures.notAttributable.f1).toBeCloseTo(2 / 3);
  expect(figures.macroF1).toBeCloseTo((0.75 + 2 / 3) / 2);
  // One of four may be refused: the threshold rises over 0.3, and of three bad rows those at 0.6 still come in.
  expect(falseAcceptsAt(rows, 0.25)).toEqual({ falseRejects: 0.25, threshold: 0.5, falseAccepts: 1 / 3 });
  expect(falseAcceptsAt(rows, 0)).toMatchObject({ threshold: 0.3, falseAccepts: 2 / 3 });
});

test("lines that are no rows are named by their numbers, all together", async () => {
  const row = JSON.stringify({ claim: "a", reference: "b", label: "attributable" });
  async function* lines() {
    yield* [row, "", "{", '{"claim":"a","reference":"b","label":"maybe"}', "[]"];
  }
  const read: unknown[] = [];
  const reading = async () => {
    for await (const each of rowsOf(lines())) read.push(each);
  };
  await expect(reading()).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringMatching(/line 3: it is not JSON; line 4: “label” .*; line 5: it is not an object/),
  });
  expect(read).toHaveLength(1);
});

test("rows of everyday kinds are told apart without a model", () => {
  const judged = PASSAGES.flatMap(({ reference, attributable, not }, i): Judged[] => {
    const near = NEAR_MISSES[i] ?? "";
    const rowOf = (label: Judged["label"]) => (claim: string) => ({
      label,
      score: attributionOfText(claim, reference),
    });
    return [...attributable.map(rowOf("attributable")), ...[...not, near].map(rowOf("not attributable"))];
  });
  expect(judged).toHaveLength(84);
  // 0.93 was measured when the rows were written.
  expect(figuresAt(judged, 0.5).macroF1).toBeGreaterThanOrEqual(0.85);
});
