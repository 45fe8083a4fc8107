import { entail, repairDraft, reportOn, type SourceText, type Verification } from "../../src/index.js";

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
