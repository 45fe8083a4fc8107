import type { ExtractedText } from "../src/sources/extraction.js";
import { markdownOf } from "../src/sources/plain.js";
import { charsetOf, decode } from "./encoding.js";

/** Plain text gives its text and nothing about itself. */
export function readPlain(bytes: Uint8Array, mediaType: string): ExtractedText {
  return { text: decode(bytes, charsetOf(mediaType)) };
}

/** Markdown, in whatever encoding it is. */
export function readMarkdown(bytes: Uint8Array, mediaType: string): ExtractedText {
  return markdownOf(decode(bytes, charsetOf(mediaType)));
}
