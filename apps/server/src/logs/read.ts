import { setTimeout as sleep } from "node:timers/promises";
import { homePaths } from "../home.js";
import { LogEntry } from "./entry.js";
import { LogFile } from "./log-file.js";

/** How often a log that is followed is looked at. */
const EVERY_MS = 250;

/**
 * The log of a home's server, oldest entry first, with or without a server; `undefined` for a line that cannot be read, such as the last one
 * of a server that was killed. Nothing where no server has ever run.
 * @param o.follow goes on with what is written from then on, over rotations and restarts, until `signal`
 * @throws ServerError `requirement_missing` if the log is not ours to read
 */
export async function* readLog(
  home: string,
  o: { follow?: boolean; signal?: AbortSignal } = {},
): AsyncGenerator<LogEntry | undefined, void, undefined> {
  const { log: path } = homePaths(home);
  let now = await LogFile.open(path);
  try {
    yield* older(`${path}.1`, now);
    for (;;) {
      if (now !== undefined) yield* entries(now);
      const isOver = now === undefined || (await now.isReplaced());
      if (isOver) {
        // What was on its way when the log was moved aside is still written.
        if (o.follow && now !== undefined) await pause(o.signal);
        if (now !== undefined) yield* entries(now, { isEnded: true });
        const next = await LogFile.open(path);
        await now?.[Symbol.asyncDispose]();
        now = next;
        if (now !== undefined) continue;
      }
      if (!o.follow || o.signal?.aborted) return;
      await pause(o.signal);
    }
  } finally {
    await now?.[Symbol.asyncDispose]();
  }
}

/** What was moved aside before; nothing if that is the very file that is read next, because it was moved just now. */
async function* older(path: string, next: LogFile | undefined): AsyncGenerator<LogEntry | undefined, void, undefined> {
  await using file = await LogFile.open(path);
  if (file !== undefined && file.id !== next?.id) yield* entries(file, { isEnded: true });
}

async function* entries(
  file: LogFile,
  o: { isEnded?: boolean } = {},
): AsyncGenerator<LogEntry | undefined, void, undefined> {
  for await (const line of file.lines()) yield parse(line);
  if (o.isEnded && file.rest !== "") yield parse(file.rest);
}

function parse(line: string): LogEntry | undefined {
  try {
    return LogEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined); // Whoever leaves need not wait.
}
