import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { SourceFile, SourceText } from "@vibewriter/evidence";
import { codeOf, type VibewriterClient } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";

/** What is wrong with a document, and not with this machine. */
const OF_THE_DOCUMENT: ReadonlySet<string | undefined> = new Set([
  "empty",
  "too_large",
  "unsupported",
  "unreadable",
  "no_text",
]);

/**
 * The texts of files and folders, `S1` first. Plain text and Markdown are read here, to what the reader makes of them; whatever has to be parsed, by the reader VM of the home.
 * A document that cannot be read is a source without text if it was given by name, and is passed over in a folder.
 */
export async function sourceTexts(
  context: Context,
  paths: readonly string[],
): Promise<{ sources: SourceText[]; skipped: { uri: string; reason: string }[] }> {
  const { cleaned, expandSources, markdownOf } = await import("@vibewriter/evidence");
  const { files, skipped } = await expandSources([...paths]);
  const passedOver = skipped.map(({ uri, reason }) => ({ uri, reason }));
  const sources: SourceText[] = [];
  let client: Promise<VibewriterClient> | undefined;
  for (const file of files) {
    const id = `S${sources.length + 1}`;
    const { uri } = file;
    try {
      const text = await plainText(file);
      if (text !== undefined) {
        const isMarkdown = /^text\/markdown\b/.test(file.mediaType);
        const read = cleaned(isMarkdown ? markdownOf(text) : { text });
        sources.push({ id, uri, title: read.title ?? nameOf(uri), text: read.text });
        continue;
      }
      client ??= connect(context);
      const read = await (await client).texts.read({ path: file.path, mediaType: file.mediaType, name: uri });
      sources.push({ id, uri, title: read.title ?? nameOf(uri), text: read.text });
    } catch (error) {
      if (!(error instanceof Error) || !OF_THE_DOCUMENT.has(codeOf(error))) throw error;
      if (file.isNamed) sources.push({ id, uri, title: nameOf(uri), text: "", unreachable: error.message });
      else passedOver.push({ uri, reason: error.message });
    }
  }
  return { sources, skipped: passedOver };
}

/** The text of a file that is nothing but text; undefined for what has to be parsed, or is in another encoding. */
async function plainText({ path, mediaType }: SourceFile): Promise<string | undefined> {
  if (!/^text\/(?:markdown|plain)\b/.test(mediaType)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function nameOf(uri: string): string {
  return basename(decodeURIComponent(uri.replace(/^file:/, ""))).replace(/\.\w+$/, "");
}
