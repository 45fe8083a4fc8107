import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { codeOf, type VibewriterClient } from "@vibewriter/server";
import { type Context, ROOT } from "./context.js";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

export interface NamedGuide {
  readonly name: string;
  readonly text: string;
}

/** A style guide that the server is to use: also an article of the knowledge base, `choir:<id>`. What of it is passed over is told. */
export async function namedGuide(context: Context, client: VibewriterClient, name: string): Promise<NamedGuide> {
  const article = /^choir:(.+)$/.exec(name)?.[1];
  const text = article === undefined ? await guideText(context.cwd, name) : (await client.article(article)).markdown;
  const { parseGuide } = await import("@vibewriter/evidence/style");
  for (const { what, why } of parseGuide(text, name).refused) {
    context.terminal.warn(`The guide's “${plain(what)}” is passed over: ${why}.`);
  }
  return { name, text };
}

/** The text of a style guide: one of ours by its name, or a file of the person's. @throws UsageError for neither */
export async function guideText(cwd: string, name: string): Promise<string> {
  // Loaded by the commands that need it alone.
  const { GUIDES } = await import("@vibewriter/evidence/style");
  const isOurs = GUIDES.some((guide) => guide === name);
  const path = isOurs ? join(ROOT, "skills/apply-style/guides", `${name}.md`) : resolve(cwd, name);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const isMissing = codeOf(cause) === "ENOENT";
    const why = isMissing ? "There is no style guide" : "Cannot read the style guide";
    throw new UsageError(`${why} ${plain(name)}; name ${GUIDES.join(", ")}, or a Markdown file.`, { cause });
  }
}
