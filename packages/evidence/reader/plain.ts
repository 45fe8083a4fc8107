import type { ExtractedText } from "../src/sources/extraction.js";
import { charsetOf, decode } from "./encoding.js";

/** Plain text gives its text and nothing about itself. */
export function readPlain(bytes: Uint8Array, mediaType: string): ExtractedText {
  return { text: decode(bytes, charsetOf(mediaType)) };
}

/** Markdown stays as it is, without the front matter, which may give title, author, date and language. */
export function readMarkdown(bytes: Uint8Array, mediaType: string): ExtractedText {
  const whole = decode(bytes, charsetOf(mediaType)).replace(/\r\n?/g, "\n");
  const front = /^---\n([\s\S]*?)\n(?:---|\.\.\.)\n/.exec(whole)?.[1];
  const isFront = front?.split("\n").every((line) => /^(?:\s*$|#|\s|-\s|[\w-]+\s*:)/.test(line)) ?? false;
  const text = isFront && front !== undefined ? whole.slice(front.length + 8).replace(/^[-.\s]*\n/, "") : whole;
  const field = (name: string): string | undefined =>
    isFront ? new RegExp(`^${name}\\s*:\\s*["']?(.+?)["']?\\s*$`, "im").exec(front ?? "")?.[1] : undefined;
  const title = field("title") ?? /^#\s+(.+?)\s*#*\s*$/m.exec(text.replace(/^(```|~~~)[\s\S]*?^\1/gm, ""))?.[1];
  return { title, author: field("author"), date: field("date"), language: field("lang(?:uage)?"), text };
}
