import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { codeOf, keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { type ExitCode, UsageError } from "../exit.js";
import { follow } from "../follow.js";
import { existing, withWholeIds } from "../paths.js";

/** What an author says of an article beside its text. */
interface Details {
  readonly title?: string;
  readonly tags?: string[];
  readonly licence?: string;
  readonly language?: string;
}

interface DraftOptions extends Details {
  readonly sources: readonly string[];
  readonly out: string;
  readonly yes?: boolean;
}

export interface PublishOptions extends DraftOptions {
  readonly author?: string;
}

const LARGEST_DRAFT = 2 * 1024 * 1024;

/** `vibewriter publish FILE`: checks a person's own draft against its sources and publishes it. */
export async function publish(context: Context, file: string, o: PublishOptions): Promise<ExitCode> {
  return await publishDraft(context, file, { ...o, by: { author: o.author } });
}

/** `vibewriter revise ARTICLE FILE`: the same for the next version of an article of their own. */
export async function revise(context: Context, article: string, file: string, o: DraftOptions): Promise<ExitCode> {
  const { id, authorKey, retracted, author } = await (await connect(context)).article(article);
  if (retracted !== undefined) {
    throw new UsageError(`Article ${plain(id)} is retracted; publish what you have to say as an article of its own.`);
  }
  if (authorKey === undefined) {
    const text = `Article ${plain(id)} by ${plain(author)} is of an earlier release and unsigned; publish it anew.`;
    throw new UsageError(text);
  }
  return await publishDraft(context, file, { ...o, by: { author: authorKey, revises: id } });
}

async function publishDraft(
  context: Context,
  file: string,
  o: DraftOptions & { by: { author?: string; revises?: string } },
): Promise<ExitCode> {
  const path = resolve(context.cwd, file);
  const draft = await readDraft(path, file);
  const sources = await existing(context.cwd, o.sources);
  const client = await connect(context);
  const { title, tags, licence, language, yes = false } = o;
  const run = await client.startRun(
    {
      ...o.by,
      kind: "publish",
      request: titleOf(draft) ?? title ?? basename(file),
      draft: path,
      sources: await withWholeIds(client, sources),
      details: { title, tags, licence, language },
      out: resolve(context.cwd, o.out),
      yes,
    },
    keysOf(context.env),
  );
  return follow(context, client, run, { yes, mine: true });
}

/** The text of a draft's file. @throws UsageError that says what is wrong with it */
export async function readDraft(path: string, typed: string): Promise<string> {
  const text = decode(await bytesOf(path, typed), typed);
  if (text.trim() === "") throw new UsageError(`${plain(typed)} is empty; write the draft first.`);
  return text;
}

/** What is no file, a pipe or a device, might never end: it is told before anything is read. */
async function bytesOf(path: string, typed: string): Promise<Buffer> {
  const refusal = (why: string, cause?: unknown) =>
    new UsageError(`${why} ${plain(typed)}; name the Markdown file of your draft.`, { cause });
  const unreadable = (cause: unknown) => {
    throw refusal(codeOf(cause) === "ENOENT" ? "There is no" : "Cannot read", cause);
  };
  const info = await stat(path).catch(unreadable);
  if (info.isDirectory()) throw refusal("A draft is one Markdown file, not the folder");
  if (!info.isFile()) throw refusal("A draft is one Markdown file, not a pipe or a device such as");
  if (info.size > LARGEST_DRAFT) throw new UsageError(`${plain(typed)} is larger than 2 MiB; publish a shorter draft.`);
  return await readFile(path).catch(unreadable);
}

function decode(bytes: Buffer, typed: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${plain(typed)} is not UTF-8 text; save the draft as Markdown in UTF-8.`, { cause });
  }
}

/** The first heading of a draft. */
export function titleOf(markdown: string): string | undefined {
  return /^#\s+(\S.*)$/m.exec(markdown)?.[1]?.trim().slice(0, 300);
}
