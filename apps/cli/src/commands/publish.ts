import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { codeOf, keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { existing } from "../paths.js";

export interface PublishOptions {
  readonly sources: readonly string[];
  readonly author?: string;
  readonly out: string;
  readonly yes?: boolean;
}

const LARGEST_DRAFT = 2 * 1024 * 1024;

/** `vibewriter publish FILE`: checks a person's own draft against its sources and publishes it. */
export async function publish(context: Context, file: string, o: PublishOptions): Promise<ExitCode> {
  const path = resolve(context.cwd, file);
  const draft = await readDraft(path, file);
  const sources = await existing(context.cwd, o.sources);
  const client = await connect(context);
  const run = await client.startRun(
    {
      kind: "publish",
      request: titleOf(draft) ?? basename(file),
      draft: path,
      sources,
      author: o.author,
      out: resolve(context.cwd, o.out),
      yes: o.yes ?? false,
    },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes: o.yes ?? false, mine: true });
}

async function readDraft(path: string, typed: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const why =
      codeOf(cause) === "ENOENT"
        ? "There is no"
        : codeOf(cause) === "EISDIR"
          ? "A draft is one Markdown file, not the folder"
          : "Cannot read";
    throw new UsageError(`${why} ${plain(typed)}; name the Markdown file of your draft.`, { cause });
  }
  if (bytes.length > LARGEST_DRAFT)
    throw new UsageError(`${plain(typed)} is larger than 2 MiB; publish a shorter draft.`);
  const text = decode(bytes, typed);
  if (text.trim() === "") throw new UsageError(`${plain(typed)} is empty; write the draft first.`);
  return text;
}

function decode(bytes: Buffer, typed: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${plain(typed)} is not UTF-8 text; save the draft as Markdown in UTF-8.`, { cause });
  }
}

function titleOf(markdown: string): string | undefined {
  return /^#\s+(\S.*)$/m.exec(markdown)?.[1]?.trim().slice(0, 300);
}
