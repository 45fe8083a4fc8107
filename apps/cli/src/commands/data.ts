import { resolve } from "node:path";
import type { Context } from "../context.js";
import { connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { longWork } from "../long-work.js";
import { closedText } from "../view/audit.js";
import { bytesText, count } from "../view/format.js";

/** `vibewriter data export AGENT -o FOLDER`. */
export async function dataExport(context: Context, agent: string, o: { out: string }): Promise<ExitCode> {
  const { terminal } = context;
  const { data } = await connect(context);
  const folder = resolve(context.cwd, o.out);
  return longWork(context, "Writing it out", async (signal) => {
    const written = await data.export(agent, folder, signal);
    if (terminal.json) terminal.printJson(written);
    else terminal.print(`${count(written.files, "file")}, ${bytesText(written.bytes)}, in ${plain(written.folder)}.`);
    if (written.closed > 0) terminal.warn(closedText(written.closed));
  });
}

/** `vibewriter data erase AGENT`: asks, unless `--yes` says so. */
export async function dataErase(context: Context, agent: string, o: { yes?: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  if (o.yes !== true && !(await isSure(context, agent))) {
    terminal.note("Nothing was erased.");
    return EXIT.done;
  }
  const erased = await (await connect(context)).data.erase(agent);
  if (terminal.json) {
    terminal.printJson(erased);
    return EXIT.done;
  }
  const { runs, files, memories, records, vm, stays } = erased;
  const what = [
    count(runs, "run"),
    count(files, "file"),
    `${count(memories, "thing")} of its memory`,
    count(records, "record"),
    ...(vm ? ["its VM"] : []),
  ];
  terminal.print(`Erased: ${what.join(", ")}.`);
  for (const sentence of stays) terminal.print(sentence);
  return EXIT.done;
}

async function isSure({ terminal }: Context, agent: string): Promise<boolean> {
  if (!terminal.canAsk) throw new UsageError("Nobody can be asked here: say --yes to erase it.");
  const question = `Erase all runs, files and memories of ${plain(agent)}, for ever? [y = yes, Enter = no] `;
  return /^y(es)?$/i.test((await terminal.ask(question))?.trim() ?? "");
}
