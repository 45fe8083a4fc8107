import { Worker } from "node:worker_threads";
import { checkCitations } from "../../src/check/check.js";
import { gate } from "../../src/check/gate.js";
import { renderReport } from "../../src/report/render.js";
import { checkDraft, mendDraft, renderDraft, reportOn } from "../../src/thread/draft-thread.js";

const sources = [
  { id: "S1", title: "Tides", uri: "file:tides.md", text: "The tide turns twice a day.", sha256: "a".repeat(64) },
];
const NESTED = `# T\n\n${"- ".repeat(10_000)}x\n\nThe tide turns twice a day [S1].\n`;

describe("a draft's thread", () => {
  it("checks and renders as the process itself would", async () => {
    const draft = "# T\n\nThe tide turns twice a day [S1]. It never turns [S1].\n";
    expect(await checkDraft(draft, sources)).toEqual(checkCitations(draft, sources));
    expect(await renderDraft(draft, sources)).toBe(renderReport(draft, sources));
    await expect(renderDraft("# T\n\nWords [S7].", sources)).rejects.toMatchObject({ code: "unknown_source" });
  });

  it("takes any number at once, also beside one that is ended for its time and after it", async () => {
    const drafts = Array.from({ length: 20 }, (_, n) => `# T ${n}\n\nThe tide turns twice a day [S1].\n`);
    const late = checkDraft(NESTED, sources, { seconds: 1 }).catch((error) => error.code);
    const both = await Promise.all([drafts, drafts].flat().map((draft) => renderDraft(draft, sources)));
    expect(both).toEqual([drafts, drafts].flat().map((draft) => renderReport(draft, sources)));
    expect(["timed_out", "invalid_input"]).toContain(await late);
    expect(await renderDraft("# After\n", sources)).toBe(renderReport("# After\n", sources));
  });

  it.each([
    ["10,000 nested lists", NESTED],
    ["10,000 nested quotations", `# T\n\n${"> ".repeat(10_000)}x\n`],
    ["emphasis in emphasis", `# T\n\n${"**a ".repeat(20_000)}${"b** ".repeat(20_000)}\n`],
  ])("with %s is refused in time, and holds up nobody", async (_what, draft) => {
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    try {
      const refused = checkDraft(draft, sources, { seconds: 2 });
      await expect(refused).rejects.toMatchObject({
        code: expect.stringMatching(/^(timed_out|invalid_input)$/),
        message: expect.stringContaining("nest and mark up less"),
      });
    } finally {
      clearInterval(ticking);
    }
    expect(longest).toBeLessThan(1_000);
  });
});

it("a draft with too much to mend is told so", async () => {
  const draft = "The tide turns ten times a day [S1].\n\n".repeat(200);
  const report = checkCitations(draft, sources);
  await expect(mendDraft(draft, sources, report, undefined, { seconds: 0.001 })).rejects.toMatchObject({
    code: "timed_out",
    message: expect.stringContaining("cannot be mended"),
  });
  expect(await mendDraft(draft, sources, report)).toMatchObject({ draft: "" });
});

describe("a check that fails", () => {
  const draft = "# T\n\nThe tide turns twice a day [S1].\n";

  it("because its thread was killed is told at once, and is a report that passes nowhere", async () => {
    const post = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker) {
      void this.terminate();
    });
    const start = performance.now();
    await expect(checkDraft(draft, sources)).rejects.toMatchObject({ code: "check_failed" });
    const report = await reportOn(draft, sources);
    expect(performance.now() - start).toBeLessThan(15_000);
    post.mockRestore();
    expect(report).toMatchObject({ sentences: [], problems: [{ code: "check_failed" }] });
    expect(gate(report, draft)).toMatchObject({ pass: false, code: "check_failed" });
    expect(gate(await reportOn(draft, sources), draft)).toEqual({ pass: true });
  });

  it("for its time is a report that passes nowhere and says what to do", async () => {
    const report = await reportOn(NESTED, sources, { seconds: 1 });
    const decision = gate(report, NESTED);
    expect(decision).toMatchObject({ code: "check_failed", message: expect.stringContaining("nest and mark up less") });
  });
});
