import { type Entailment, entail, repairDraft, reportOn, type SourceText, type Verification } from "../../src/index.js";

const text =
  "# Moonwell\n\nMoonwell paid a reward of 1.2% APY to suppliers of USDC. It was audited by Halborn in 2024. The pool has a cap of 40 million dollars.";
const TEXTS: SourceText[] = [{ id: "S1", title: "Moonwell", uri: "file:a.md", text }];
const GOOD = "Moonwell was audited by Halborn in 2024 [S1].";
const BAD = "Moonwell paid a reward of 9.9% APY to suppliers of USDC [S1].";
const signal = new AbortController().signal;
const check = (draft: string) => reportOn(draft, TEXTS);

it("asks a model for other words, takes those that hold, and checks the whole again", async () => {
  const asked: string[] = [];
  const repaired = await repairDraft(`# R\n\n${GOOD} ${BAD}\n`, TEXTS, {
    ...{ check, signal },
    reword: async ({ sentence, why, passages }) => {
      asked.push(sentence);
      expect(why).toContain("9.9%");
      expect(passages[0]?.text).toContain("1.2% APY");
      return ["Moonwell paid a reward of 1.2% APY to suppliers of USDC [S1]."];
    },
  });
  expect(asked).toEqual([BAD]);
  expect(repaired.draft).toBe(`# R\n\n${GOOD} ${BAD.replace("9.9", "1.2")}\n`);
  expect(repaired.changes).toMatchObject([{ how: "reworded", before: BAD }]);
  expect(repaired.verification).toEqual(await check(repaired.draft));
});

it("what the whole check refuses after the first round goes in the second, and there is no third", async () => {
  let rounds = 0;
  const strict = async (draft: string): Promise<Verification> => {
    rounds++;
    const judge = async () => ({ verdict: "not_found" as const });
    return await entail(await check(draft), TEXTS, { judge, signal });
  };
  const repaired = await repairDraft(`${GOOD}\n\n${BAD}\n`, TEXTS, { check: strict, signal });
  expect(rounds).toBeLessThanOrEqual(3);
  expect(repaired.draft.trim()).toBe("");
  expect(repaired.changes.every(({ how }) => how === "removed")).toBe(true);
});

it("a check that fails changes nothing", async () => {
  const failed = async (draft: string): Promise<Verification> => ({
    ...(await check(draft)),
    problems: [{ code: "check_failed", message: "no" }],
  });
  const draft = `${GOOD}\n\n${BAD}\n`;
  expect(await repairDraft(draft, TEXTS, { check: failed, signal })).toMatchObject({ draft, changes: [] });
});

it("a model that fails is not asked for ever, and what does not hold is mended without it", async () => {
  let asked = 0;
  const draft = `${GOOD}\n\n${Array.from({ length: 12 }, (_, i) => BAD.replace("9.9", `${i + 20}`)).join("\n\n")}\n`;
  const repaired = await repairDraft(draft, TEXTS, {
    ...{ check, signal },
    reword: async () => {
      asked++;
      throw new Error("It is away.");
    },
  });
  expect(repaired.draft.trim()).toBe(GOOD);
  expect(repaired.notReworded).toBe("The model did not reword 12 of 12 sentences. It is away.");
  expect(asked).toBeLessThan(8);
  const called = new AbortController();
  const reword = async () => {
    called.abort(new Error("called off"));
    throw new Error("aborted");
  };
  await expect(repairDraft(draft, TEXTS, { check, signal: called.signal, reword })).rejects.toThrow("called off");
});

it("what a model calls a part of what is said is said as weakly as its source does, and judged again", async () => {
  const sources: SourceText[] = [
    { id: "S1", title: "Dyes", uri: "file:d.md", text: "The dye may reduce swarms of bees." },
  ];
  const asked: string[] = [];
  const judge: Entailment = async ({ claim }) => {
    asked.push(claim);
    return { verdict: /\bmay\b/.test(claim) ? "supported" : "partial", quote: "The dye may reduce swarms" };
  };
  const repaired = await repairDraft("The dye reduces swarms of bees [S1].", sources, {
    ...{ check: (text) => reportOn(text, sources, { judge, signal }), signal },
  });
  expect(repaired.draft).toBe("The dye may reduce swarms of bees [S1].");
  expect(repaired.changes).toMatchObject([{ how: "hedged" }]);
  expect(asked).toEqual(["The dye reduces swarms of bees.", "The dye may reduce swarms of bees."]);
  expect(repaired.verification).toMatchObject({ method: "model", citations: { rate: 1 } });
});
