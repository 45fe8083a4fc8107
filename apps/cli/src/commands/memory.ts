import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { codeOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { editedText } from "../editor.js";
import { plain, plainLines } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { count } from "../view/format.js";
import { foundLines, memoryFacts, memoryTable, proposalLines, versionTable } from "../view/memory.js";

const LARGEST = 1024 * 1024;

export interface MemoryOptions {
  readonly agent: string;
}

/** `vibewriter memory list`. */
export async function memoryList(context: Context, { agent }: MemoryOptions): Promise<ExitCode> {
  const { terminal } = context;
  const memories = await (await connect(context)).memory.list(agent);
  if (terminal.json) terminal.printJson({ memories });
  else if (memories.length === 0) terminal.print(`The agent ${plain(agent)} remembers nothing yet.`);
  else for (const line of memoryTable(memories, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter memory show PATH[@VERSION]`. */
export async function memoryShow(context: Context, name: string, { agent }: MemoryOptions): Promise<ExitCode> {
  const { terminal } = context;
  const memory = await (await connect(context)).memory.show({ agent, ...named(name) });
  if (terminal.json) terminal.printJson({ memory });
  else {
    for (const line of memoryFacts(memory)) terminal.print(line);
    const text = memory.text ?? "(It is no text.)";
    terminal.print(`\n${plainLines(text).replace(/\n$/, "")}`);
  }
  return EXIT.done;
}

/** `vibewriter memory set PATH [TEXT] [--from FILE]`. */
export async function memorySet(
  context: Context,
  path: string,
  given: string | undefined,
  { agent, from }: MemoryOptions & { from?: string },
): Promise<ExitCode> {
  if ((given === undefined) === (from === undefined)) {
    throw new UsageError("Say what to remember, or name a file that says it with --from, one of both.");
  }
  const text = given === undefined ? await contentOf(context, from ?? "-") : `${given}\n`;
  return await told(context, await (await connect(context)).memory.set({ agent, path, text }));
}

/** `vibewriter memory edit PATH`: in the person's editor; what somebody else has written meanwhile is not overwritten. */
export async function memoryEdit(context: Context, path: string, { agent }: MemoryOptions): Promise<ExitCode> {
  const { memory } = await connect(context);
  const before = await memory.show({ agent, path }).catch((error: unknown) => {
    if (codeOf(error) === "memory_not_found") return undefined;
    throw error;
  });
  if (before !== undefined && before.text === undefined)
    throw new UsageError(`${plain(path)} is no text that an editor has.`);
  const name = basename(path).replace(/[^\w.-]/g, "_") || "memory.md";
  const after = await editedText(context, before?.text ?? "", {
    name,
    instead: "use vibewriter memory set PATH --from FILE",
  });
  if (after === undefined) {
    context.terminal.note("Nothing was changed.");
    return EXIT.done;
  }
  return await told(context, await memory.set({ agent, path, text: after, expected: before?.version ?? 0 }));
}

/** `vibewriter memory rm PATH`. */
export async function memoryRemove(context: Context, path: string, { agent }: MemoryOptions): Promise<ExitCode> {
  const { terminal } = context;
  await (await connect(context)).memory.remove({ agent, path });
  if (terminal.json) terminal.printJson({ removed: path });
  else terminal.print(`Forgot ${plain(path)}; bring it back with vibewriter memory history and restore.`);
  return EXIT.done;
}

/** `vibewriter memory history PATH`. */
export async function memoryHistory(context: Context, path: string, { agent }: MemoryOptions): Promise<ExitCode> {
  const { terminal } = context;
  const versions = await (await connect(context)).memory.history({ agent, path });
  if (terminal.json) terminal.printJson({ versions });
  else for (const line of versionTable(versions, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter memory restore PATH VERSION`. */
export async function memoryRestore(
  context: Context,
  path: string,
  version: number,
  { agent }: MemoryOptions,
): Promise<ExitCode> {
  return await told(context, await (await connect(context)).memory.restore({ agent, path, version }));
}

/** `vibewriter memory search QUERY`. */
export async function memorySearch(
  context: Context,
  query: string,
  { agent, limit }: MemoryOptions & { limit: number },
): Promise<ExitCode> {
  const { terminal } = context;
  const found = await (await connect(context)).memory.search({ agent, query, limit });
  if (terminal.json) terminal.printJson({ found });
  else if (found.length === 0) terminal.print(`The agent ${plain(agent)} remembers nothing with these words.`);
  else for (const line of foundLines(found)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter memory proposed`. */
export async function memoryProposed(context: Context, { agent }: MemoryOptions): Promise<ExitCode> {
  const { terminal } = context;
  const proposed = await (await connect(context)).memory.proposed(agent);
  if (terminal.json) terminal.printJson({ proposed });
  else if (proposed.length === 0) terminal.print("Nothing waits to be remembered.");
  else for (const line of proposalLines(proposed)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter memory accept ID` and `vibewriter memory drop ID`. */
export async function memoryDecide(
  context: Context,
  id: string,
  { agent, decision }: MemoryOptions & { decision: "accept" | "drop" },
): Promise<ExitCode> {
  const { terminal } = context;
  const memory = await (await connect(context)).memory.decide(id, { agent, decision });
  if (memory !== undefined) return await told(context, memory);
  if (terminal.json) terminal.printJson({ dropped: id });
  else terminal.print(`Dropped ${plain(id)}.`);
  return EXIT.done;
}

async function told({ terminal }: Context, memory: { path: string; version: number; size: number }): Promise<ExitCode> {
  if (terminal.json) terminal.printJson({ memory });
  else terminal.print(`Remembers ${plain(memory.path)}, version ${memory.version}, ${count(memory.size, "byte")}.`);
  return EXIT.done;
}

/** What a file says; `-` is standard input. Sent to nobody if it is too large. */
async function contentOf({ cwd, terminal }: Context, file: string): Promise<string> {
  const tooLarge = new UsageError(
    `${plain(file)} has more than the 1 MiB of an entry; keep it as a file, with vibewriter files cp.`,
  );
  if (file === "-") {
    const text = await textOf(terminal.streams.stdin);
    if (Buffer.byteLength(text) > LARGEST) throw tooLarge;
    return text;
  }
  const path = resolve(cwd, file);
  try {
    if ((await stat(path)).size > LARGEST) throw tooLarge;
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const why = codeOf(cause) === "ENOENT" ? `There is no ${plain(file)}` : `${plain(file)} cannot be read as text`;
    throw new UsageError(`${why}; name a text file, or - for standard input.`, { cause });
  }
}

/** `PATH`, or `PATH@VERSION`. */
function named(text: string): { path: string; version?: number } {
  const [, path, version] = /^(.+)@(\d{1,15})$/s.exec(text) ?? [];
  return path === undefined ? { path: text } : { path, version: Number(version) };
}
