import type { ExtractedText } from "./extraction.js";

/** The longest text that a source has, in UTF-16 code units; about 400,000 words. */
export const MAX_TEXT = 2_500_000;

/** Markdown as a source: as it is, without the front matter, which may give title, author, date and language. @param whole decoded */
export function markdownOf(whole: string): ExtractedText {
  const lines = whole.replace(/\r\n?/g, "\n");
  const front = /^---\n([\s\S]*?)\n(?:---|\.\.\.)\n/.exec(lines)?.[1];
  const isFront = front?.split("\n").every((line) => /^(?:\s*$|#|\s|-\s|[\w-]+\s*:)/.test(line)) ?? false;
  const text = isFront && front !== undefined ? lines.slice(front.length + 8).replace(/^[-.\s]*\n/, "") : lines;
  const field = (name: string): string | undefined =>
    isFront ? new RegExp(`^${name}\\s*:\\s*["']?(.+?)["']?\\s*$`, "im").exec(front ?? "")?.[1] : undefined;
  const title = field("title") ?? /^#\s+(.+?)\s*#*\s*$/m.exec(text.replace(/^(```|~~~)[\s\S]*?^\1/gm, ""))?.[1];
  return { title, author: field("author"), date: field("date"), language: field("lang(?:uage)?"), text };
}

/** What is kept of an extracted text, whichever document it comes from: nothing that a person would not see, and not beyond {@link MAX_TEXT}. */
export function cleaned(raw: ExtractedText): ExtractedText {
  const whole = clean(raw.text);
  return {
    title: line(raw.title),
    author: line(raw.author),
    date: line(raw.date),
    language: line(raw.language),
    text: whole.slice(0, MAX_TEXT),
    ...(raw.truncated || whole.length > MAX_TEXT ? { truncated: true } : {}),
    note: line(raw.note),
  };
}

/** Removes what a person would not see and a model would: zero-width, direction and tag characters, controls. */
function clean(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?/g, "\n")
    .replace(/\p{Cc}/gu, (char) => (char === "\n" || char === "\t" ? char : ""))
    .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function line(value: string | undefined): string | undefined {
  const flat = clean(value ?? "")
    .replace(/\s+/g, " ")
    .slice(0, 300);
  return flat === "" ? undefined : flat;
}
