import { once } from "node:events";
import type { AgentFile, FileName } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { fileCopy } from "../copy/files.js";
import { Tally } from "../copy/tally.js";
import { plain, plainLines } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { interruption } from "../interrupt.js";
import { age, bytesText, count } from "../view/format.js";
import { table } from "../view/table.js";
import { working } from "../view/working.js";

/** As JSON a content is one string: larger files are copied. */
const LARGEST_JSON = 16 * 1024 * 1024;

/** `vibewriter files ls [PREFIX]`. */
export async function filesList(
  context: Context,
  o: { agent: string; prefix: string; names?: boolean },
): Promise<ExitCode> {
  const { agent, prefix } = o;
  const { terminal } = context;
  const files = await (await connect(context)).files.list(agent, prefix);
  if (terminal.json) terminal.printJson({ files });
  else if (o.names) for (const { path } of files) terminal.print(plain(path));
  else if (files.length === 0) terminal.print(`The agent ${plain(agent)} keeps no files${prefix && " there"}.`);
  else for (const line of fileTable(files, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter files history PATH`. */
export async function filesHistory(context: Context, agent: string, path: string): Promise<ExitCode> {
  const { terminal } = context;
  const versions = (await (await connect(context)).files.history({ agent, path })).reverse();
  if (terminal.json) {
    terminal.printJson({ versions });
    return EXIT.done;
  }
  const rows = versions.map(({ version, kind, size, time, writer, sha256 }) => [
    String(version),
    age(time, Date.now()),
    kind === "deleted" ? "deleted" : bytesText(size),
    plain(writer ?? ""),
    kind === "conflict" ? "kept beside the newest, put at the same time" : sha256.slice(0, 12),
  ]);
  for (const line of table([["VERSION", "AGE", "SIZE", "WRITER", "CONTENT"], ...rows], terminal.outColumns))
    terminal.print(line);
  return EXIT.done;
}

/** `vibewriter files cat PATH[@VERSION]`: the bytes as they are; on a terminal, as text that it shows and does not obey. */
export async function filesCat(context: Context, agent: string, text: string): Promise<ExitCode> {
  const { terminal } = context;
  const name = fileName(agent, text);
  const { files } = await connect(context);
  if (terminal.json) {
    const file = await files.stat(name);
    if (file.size > LARGEST_JSON) throw new UsageError(`${text} is too large for JSON; copy it: vibewriter files cp.`);
    const parts: Uint8Array[] = [];
    for await (const part of files.read(name)) parts.push(part);
    const bytes = Buffer.concat(parts);
    const content = bytes.toString("utf8");
    const isText = Buffer.from(content).equals(bytes);
    terminal.printJson({ file, ...(isText ? { content } : { contentBase64: bytes.toString("base64") }) });
    return EXIT.done;
  }
  const decoder = new TextDecoder();
  const { stdout } = terminal.streams;
  for await (const part of files.read(name)) {
    const shown = stdout.isTTY ? plainLines(decoder.decode(part, { stream: true })) : part;
    if (!stdout.write(shown)) await once(stdout, "drain");
  }
  return EXIT.done;
}

/** `vibewriter files cp SRC DST`: one of them is `AGENT:PATH`. */
export async function filesCopy(context: Context, from: string, to: string): Promise<ExitCode> {
  const { terminal } = context;
  using interrupted = interruption();
  const tally = new Tally(interrupted.signal);
  try {
    const { files } = await connect(context);
    const path = await copying(() =>
      fileCopy(files, { from, to, cwd: context.cwd, signal: interrupted.signal }, tally),
    );
    if (terminal.json) terminal.printJson({ path, files: tally.files, bytes: tally.bytes, skipped: tally.skipped });
    else terminal.print(`Copied ${tally.text()} to ${plain(path)}.`);
    if (tally.skipped > 0) terminal.warn(`Passed over, not files: ${tally.named.map(plain).join(", ")}.`);
    return EXIT.done;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    terminal.warn(`Stopped after ${count(tally.files, "file")}, which stay where they were copied to.`);
    return EXIT.interrupted;
  }

  async function copying(work: () => Promise<string>): Promise<string> {
    using _shown = working(terminal, "Copying", () => tally.text());
    return await work();
  }
}

/** `PATH`, or `PATH@VERSION`. */
export function fileName(agent: string, text: string): FileName {
  const [, path, version] = /^(.+)@(\d{1,15})$/s.exec(text) ?? [];
  return path === undefined ? { agent, path: text } : { agent, path, version: Number(version) };
}

function fileTable(files: readonly AgentFile[], width: number): string[] {
  const rows = files.map(({ version, size, time, writer, path }) => [
    String(version),
    bytesText(size),
    age(time, Date.now()),
    plain(writer ?? ""),
    plain(path),
  ]);
  return table([["VERSION", "SIZE", "AGE", "WRITER", "PATH"], ...rows], width);
}
