import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Context, connect } from "../../context.js";
import { plain, plainLines } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";

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
  const { author, tag, article, followed, limit, output } = o;
  const feed = await (await connect(context)).feed.atom({ author, tag, article, followed, limit });
  const path = output === undefined ? undefined : resolve(context.cwd, output);
  if (path !== undefined) await writeFile(path, feed);
  if (terminal.json) terminal.printJson(path === undefined ? { feed } : { path });
  else terminal.print(path === undefined ? plainLines(feed).trimEnd() : `Written to ${plain(path)}.`);
  return EXIT.done;
}
