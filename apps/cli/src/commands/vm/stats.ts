import { setTimeout as sleep } from "node:timers/promises";
import type { VmStats, VmsClient } from "@vibewriter/server";
import { createLogUpdate } from "log-update";
import { type Context, connect } from "../../context.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { statsTable } from "../../view/stats.js";

const EVERY_MS = 2_000;

/** `vibewriter vm stats [VM] [--watch]`: what VMs cost and use, and what they may. */
export async function vmStats(context: Context, id: string | undefined, watches: boolean): Promise<ExitCode> {
  const { terminal } = context;
  if (watches && (terminal.json || process.stdout.isTTY !== true))
    throw new UsageError("--watch redraws a terminal; without one, ask again instead.");
  const { vms } = await connect(context);
  if (watches) return await watch(vms, id);
  const stats = await vms.stats(id);
  if (terminal.json) terminal.printJson({ stats });
  else if (stats.length === 0) terminal.print("No microVMs yet; make one with vibewriter vm create.");
  else for (const line of statsTable(stats, undefined, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** Draws until Ctrl-C, which is how one leaves it. */
async function watch(vms: VmsClient, id: string | undefined): Promise<ExitCode> {
  using interrupted = interruption();
  const draw = createLogUpdate(process.stdout);
  let before: { stats: VmStats[]; at: number } | undefined;
  try {
    while (!interrupted.signal.aborted) {
      const now = { stats: await vms.stats(id), at: performance.now() };
      const past = before && { stats: before.stats, ms: now.at - before.at };
      draw(statsTable(now.stats, past, process.stdout.columns - 1).join("\n"));
      before = now;
      await sleep(EVERY_MS, undefined, { signal: interrupted.signal }).catch(() => undefined); // Ctrl-C ends the wait.
    }
  } finally {
    draw.done();
  }
  return EXIT.done;
}
