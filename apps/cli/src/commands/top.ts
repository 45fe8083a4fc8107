import { setTimeout as sleep } from "node:timers/promises";
import type { VibewriterClient } from "@vibewriter/server";
import { createLogUpdate } from "log-update";
import { type Context, connect } from "../context.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { interruption } from "../interrupt.js";
import { topLines } from "../view/top.js";

export interface TopOptions {
  readonly once?: boolean;
}

const EVERY_MS = 1_000;

/** `vibewriter top`: what the home is at, until `q` or Ctrl-C. */
export async function top(context: Context, o: TopOptions): Promise<ExitCode> {
  const { terminal } = context;
  const isOnce = o.once === true || terminal.json;
  if (!isOnce && process.stdout.isTTY !== true)
    throw new UsageError("vibewriter top redraws a terminal; without one, use --once or --json.");
  const client = await connect(context);
  if (!isOnce) return await watch(context, client);
  const now = await client.top();
  if (terminal.json) terminal.printJson(now);
  else
    for (const line of topLines(now, { width: terminal.outColumns, colors: terminal.outColors })) terminal.print(line);
  return EXIT.done;
}

async function watch({ terminal }: Context, client: VibewriterClient): Promise<ExitCode> {
  using interrupted = interruption();
  using left = leaveKey();
  const signal = AbortSignal.any([interrupted.signal, left.signal]);
  const draw = createLogUpdate(process.stdout);
  try {
    while (!signal.aborted) {
      const now = await client.top();
      if (signal.aborted) break;
      const { columns, rows } = process.stdout;
      // The last column and the last line stay free, or the terminal wraps and scrolls.
      const lines = topLines(now, { width: columns - 1, height: rows - 1, colors: terminal.outColors });
      draw(lines.join("\n"));
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined); // Whoever leaves need not wait.
    }
  } finally {
    draw.done();
  }
  return EXIT.done;
}

/** Aborts at the key `q`; Ctrl-C, which a terminal without lines hands over as a key, is what it always is. */
function leaveKey(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const { stdin } = process;
  if (stdin.isTTY !== true) return { signal: controller.signal, [Symbol.dispose]: () => undefined };
  const listener = (keys: Buffer) => {
    if (keys.includes("q") || keys.includes("\u0003")) controller.abort();
  };
  stdin.setRawMode(true);
  stdin.on("data", listener).resume();
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      stdin.removeListener("data", listener).pause();
      stdin.setRawMode(false);
    },
  };
}
