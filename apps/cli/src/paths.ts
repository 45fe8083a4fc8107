import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, ServerError, type VibewriterClient } from "@vibewriter/server";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/**
 * Absolute paths of what the person named; articles, `choir:<id>`, as they were named. Throws UsageError for a path that is not there. What is
 * inside is the server's to judge.
 */
export async function existing(cwd: string, sources: readonly string[]): Promise<string[]> {
  return Promise.all(sources.map((source) => (isArticle(source) ? source : existingPath(cwd, source))));
}

/**
 * The same with articles by their whole ids. Throws ServerError `unknown_article`, `ambiguous_id`, and `retracted`: what rests on an article that
 * was taken back could neither cite nor pay it.
 */
export async function withWholeIds(client: VibewriterClient, sources: readonly string[]): Promise<string[]> {
  const whole = async (source: string) => {
    const { id, retracted } = await client.article(source.slice("choir:".length));
    if (retracted === undefined) return `choir:${id}`;
    const why = `Article ${id} was taken back by its author and is no source any more`;
    throw new ServerError("retracted", `${why}; leave it out. The reason: ${plain(retracted.reason)}`);
  };
  return Promise.all(sources.map((source) => (isArticle(source) ? whole(source) : source)));
}

function isArticle(source: string): boolean {
  return /^choir:[0-9a-z]/i.test(source);
}

async function existingPath(cwd: string, path: string): Promise<string> {
  // An unset variable of a shell: the folder that the person happens to be in is not what was meant.
  if (path === "") throw new UsageError("A path given to --sources is empty; name a file or a folder.");
  const absolute = resolve(cwd, path);
  try {
    await stat(absolute);
  } catch (cause) {
    if (codeOf(cause) === "EACCES") throw new UsageError(`${plain(path)} cannot be read; change its permissions.`);
    throw new UsageError(`There is no ${plain(path)}; check the path given to --sources.`);
  }
  return absolute;
}
