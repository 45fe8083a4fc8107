import { LEVELS, type Level, type LogEntry, readLog } from "@vibewriter/server";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { interruption } from "../interrupt.js";
import { count } from "../view/format.js";
import { details, logLine } from "../view/log.js";

export interface LogsOptions {
  readonly follow?: boolean;
  /** What is finer is not shown. */
  readonly level: Level;
  readonly run?: string;
}

/** `vibewriter logs`: reads the files themselves, so it works without a server. */
export async function logs({ home, terminal }: Context, o: LogsOptions): Promise<ExitCode> {
  using interrupted = interruption();
  const entries: LogEntry[] = [];
  let shown = 0;
  let unreadable = 0;
  for await (const entry of readLog(home, { follow: o.follow, signal: interrupted.signal })) {
    if (entry === undefined) unreadable++;
    else if (isWanted(entry, o)) {
      shown++;
      if (!terminal.json) terminal.print(logLine(entry, terminal.outColors));
      else if (o.follow) terminal.printJson(entry);
      else entries.push(entry);
    }
  }
  if (terminal.json && !o.follow) terminal.printJson({ entries });
  if (unreadable > 0) terminal.warn(`Passed over ${count(unreadable, "line")} that cannot be read.`);
  if (shown === 0 && !o.follow) terminal.note(`Nothing of the kind is in the log of ${home}.`);
  return EXIT.done;
}

function isWanted(entry: LogEntry, { level, run }: LogsOptions): boolean {
  if (LEVELS.indexOf(entry.level) < LEVELS.indexOf(level)) return false;
  return run === undefined || ABOUT.some((name) => details(entry)[name] === run);
}

/** Where an entry says what run it is about; the thread of its checkpoints has its name. */
const ABOUT = ["run", "runId", "thread"];
