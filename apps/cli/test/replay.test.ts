import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunResult } from "@vibewriter/agent/runs";
import { searches } from "../src/program/searches.js";
import { comparison } from "../src/view/comparison.js";

test("a repetition says whether its report is the same, to the byte, where it can be compared", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-replay-"));
  const run = async (runId: string, text?: string) => {
    const report = join(folder, `${runId}.md`);
    if (text !== undefined) await writeFile(report, text);
    return { runId, result: { report } as RunResult };
  };
  const first = await run("run-1", "# Bees\n");
  expect(await comparison(first, await run("run-2", "# Bees\n"))).toBe("The report is that of run-1, to the byte.");
  expect(await comparison(first, await run("run-3", "# Bees\r\n"))).toMatch(/another one than that of run-1; compare /);
  expect(await comparison(await run("run-gone"), first)).toMatch(/run-gone is not where it was/);
  await rm(folder, { recursive: true });
});

test("searches are named one by one, or not at all", () => {
  expect(searches("arxiv, wikipedia")).toEqual(["wikipedia", "arxiv"]);
  expect(searches("none")).toEqual([]);
  for (const wrong of ["", "google", "arxiv,", "none,arxiv"]) {
    expect(() => searches(wrong), wrong).toThrow(/none, or some of tavily,brave,/);
  }
});
