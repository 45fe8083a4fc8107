import type { Context } from "./context.js";
import { EXIT, type ExitCode } from "./exit.js";
import { interruption } from "./interrupt.js";
import { working } from "./view/working.js";

/** Does what takes a while, saying so; Ctrl-C aborts the signal, and then nothing is left half done. */
export async function longWork(
  context: Context,
  what: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<ExitCode> {
  using interrupted = interruption();
  using _shown = working(context.terminal, what);
  try {
    await work(interrupted.signal);
    return EXIT.done;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    context.terminal.warn("Stopped; nothing was changed.");
    return EXIT.interrupted;
  }
}
