import type { EmbedderStatus } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { count } from "../../view/format.js";
import { working } from "../../view/working.js";

/** `vibewriter kb reembed`: the index is made beside the one that answers; Ctrl-C only stops watching. */
export async function kbReembed(context: Context, o: { embedder?: string; dryRun?: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const { embedder } = await connect(context);
  if (o.dryRun) {
    const status = await embedder.status();
    if (terminal.json) terminal.printJson({ ...status });
    else for (const line of statusLines(status)) terminal.print(line);
    return EXIT.done;
  }
  using interrupted = interruption();
  let howFar = "";
  using _shown = working(terminal, "Making the index", () => howFar);
  try {
    const made = await embedder.reembed(o.embedder, {
      signal: interrupted.signal,
      onProgress: ({ done, of }) => {
        howFar = `${done} of ${of}`;
      },
    });
    if (terminal.json) terminal.printJson(made);
    else {
      const { model, dimensions, isNew } = made;
      terminal.print(
        `${isNew ? "Articles are now searched" : "Articles were searched already"} with ${plain(model)}, ${dimensions} numbers.`,
      );
    }
    return EXIT.done;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    terminal.warn("The server goes on with it; vibewriter kb reembed --dry-run says how far it is.");
    return EXIT.interrupted;
  }
}

function statusLines({ model, dimensions, load, making, problem }: EmbedderStatus): string[] {
  return [
    `Articles are searched with ${plain(model)}, ${dimensions} numbers.`,
    `Another embedder would get ${count(load.texts, "text")}, about ${count(load.tokens, "token")}.`,
    ...(making ? [`${plain(making.embedder)} is under way: ${making.done} of ${making.of}.`] : []),
    ...(problem === null ? [] : [plain(problem)]),
  ];
}
