import { type Context, connect } from "../../context.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { working } from "../../view/working.js";

/** `vibewriter kb rebuild`: ends with 1 if the index had said something else than its stream. */
export async function kbRebuild(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { kb } = await connect(context);
  using _shown = working(terminal, "Making the index again from its stream");
  const { hash, isSame, ms } = await kb.rebuild();
  if (terminal.json) terminal.printJson({ hash, isSame, ms });
  else {
    const verdict = isSame
      ? "it says what it said before"
      : "it had said something else: somebody has changed its file";
    terminal.print(`The index was made again in ${(ms / 1000).toFixed(1)} s; ${verdict}. Hash: ${hash}`);
  }
  return isSame ? EXIT.done : EXIT.failed;
}
