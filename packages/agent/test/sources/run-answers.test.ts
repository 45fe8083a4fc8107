import { attemptOf } from "../../src/runs/record.js";
import { RunAnswers } from "../../src/sources/run-answers.js";

/** What is asked of the answers of one run, in one drive of an attempt. */
function drive(kept: Map<string, string>, o: { attempt: number; replays?: boolean }) {
  const store = {
    get: async (question: string) => kept.get(question),
    put: async (question: string, answer: string) => void kept.set(question, answer),
  };
  const answers = new RunAnswers(store, { scope: ["1"], replays: false, ...o });
  return async (tool: string, args: object, text: string) =>
    await answers.of(tool, args, async () => ({ text, isWhole: true }));
}

describe("what a call has answered", () => {
  const kept = new Map<string, string>();
  const change = (ask: ReturnType<typeof drive>, text: string) => ask("memory_write", { call: "call_0" }, text);

  it("is told again when the run goes on, and not to the call of the same id in another attempt", async () => {
    expect(await change(drive(kept, { attempt: 1 }), "first")).toBe("first");
    expect(await change(drive(kept, { attempt: 1 }), "again")).toBe("first");
    expect(await change(drive(kept, { attempt: 2 }), "second")).toBe("second");
    expect(await change(drive(kept, { attempt: 2 }), "again")).toBe("second");
    expect(await change(drive(kept, { attempt: 1 }), "again")).toBe("first");
  });

  it("is told to a repetition as in the attempt that it repeats, whichever attempt it is itself in", async () => {
    const attempt = attemptOf({ attempt: 3, replaysAttempt: 2 });
    expect(await change(drive(kept, { attempt, replays: true }), "now")).toBe("second");
    expect(attemptOf({ attempt: 3 })).toBe(3);
  });

  it("is kept of a first attempt as it ever was, and of a question in words for all attempts", async () => {
    expect(kept.has(JSON.stringify(["memory_write", { call: "call_0" }, "1"]))).toBe(true);
    expect(await drive(kept, { attempt: 1 })("web_search", { query: "bees" }, "hits")).toBe("hits");
    expect(await drive(kept, { attempt: 2 })("web_search", { query: "bees" }, "others")).toBe("hits");
  });
});
