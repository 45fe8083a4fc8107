import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "@vibewriter/server";
import { authorKeyOf } from "../../author-key.js";
import { type Context, connect } from "../../context.js";
import { plain, plainLines } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";

export interface FeedOptions {
  author?: string;
  tag?: string;
  article?: string;
  followed?: boolean;
  limit: number;
  output?: string;
}

/** `vibewriter kb feed`: on standard output, or in a file that a web server can give to readers. */
export async function kbFeed(context: Context, o: FeedOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { tag, followed, limit, output } = o;
  const client = await connect(context);
  const author = o.author === undefined ? undefined : await authorKeyOf(client, o.author);
  // Of an article that is not there the feed would be an empty one, for ever.
  const article = o.article === undefined ? undefined : (await client.article(o.article)).id;
  const feed = await client.feed.atom({ author, tag, article, followed, limit });
  const path = output === undefined ? undefined : resolve(context.cwd, output);
  if (path !== undefined) await write(path, feed);
  if (terminal.json) terminal.printJson(path === undefined ? { feed } : { path });
  else terminal.print(path === undefined ? plainLines(feed).trimEnd() : `Written to ${plain(path)}.`);
  return EXIT.done;
}

async function write(path: string, feed: string): Promise<void> {
  try {
    await writeFile(path, feed);
  } catch (cause) {
    const message = `${plain(path)} cannot be written (${plain(messageOf(cause))}); name another file with --output.`;
    throw new UsageError(message, { cause });
  }
}
