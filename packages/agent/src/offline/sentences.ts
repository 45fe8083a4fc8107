import { isOwnWords } from "./own-words.js";

/** A sentence of a source, word for word, with the heading it stands under. */
export interface Sentence {
  readonly text: string;
  readonly heading: string;
  /** Cannot be read alone: it begins with a pronoun or a connective that points back. */
  readonly leans: boolean;
  /** Follows the sentence before it in the same paragraph. */
  readonly follows: boolean;
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "sentence" });
const ABBREVIATION =
  /(?:\b(?:e\.g|i\.e|etc|vs|approx|ca|cf|Dr|Mr|Mrs|Ms|Prof|Inc|Ltd|Corp|St|No|Fig|Eq|al|U\.S|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z])\.$/;
const LEANING =
  /^(?:it|its|they|them|their|this|that|these|those|he|she|his|her|such|both|another|others?|here|there|instead|however|but|and|or|so|then|thus|therefore|hence|moreover|furthermore|also|similarly|likewise|yet|still|otherwise|for example|for instance|as a result|in addition|by contrast|in contrast|the same|the former|the latter|either|neither|about [\d.]+ \S+ \S+ of that)\b/i;

/** The sentences of a text in Markdown or plain text. Code, tables, quoted notices, reference lists and addresses are left out. */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  for (const paragraph of paragraphsOf(text)) {
    let follows = false;
    for (const raw of split(paragraph.text)) {
      if (isProse(raw)) {
        sentences.push({ text: raw, heading: paragraph.heading, leans: LEANING.test(raw), follows });
        follows = true;
      } else {
        follows = false;
      }
    }
  }
  return sentences;
}

/** Notices that a source prints about itself, such as "illustrative figures": a reader must be told of them. */
export function noticesOf(text: string): string[] {
  const notices = new Set<string>();
  for (const line of text.split("\n").slice(0, 40)) {
    if (
      !/\b(?:illustrative|invented|fictional|fictitious|demonstration|not advice|disclaimer|draft|unverified)\b/i.test(
        line,
      )
    )
      continue;
    for (const sentence of split(plain(line.replace(/^\s*>\s?/, "")))) {
      if (/\b(?:illustrative|invented|fictional|fictitious|demonstration|unverified)\b/i.test(sentence))
        notices.add(sentence);
    }
  }
  return [...notices];
}

interface Paragraph {
  readonly text: string;
  readonly heading: string;
}

function paragraphsOf(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let heading = "";
  let lines: string[] = [];
  let fenced = false;
  let skipped = false;
  const flush = () => {
    if (lines.length > 0 && !skipped) paragraphs.push({ text: plain(lines.join(" ")), heading });
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (/^\s*(?:```|~~~)/.test(line)) {
      flush();
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    const title = /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1];
    if (title !== undefined) {
      flush();
      heading = plain(title);
      skipped = /^(?:references|sources|bibliography|further reading|links|limits|limitations|disclaimer)$/i.test(
        heading,
      );
    } else if (/^\s*$/.test(line) || /^\s*(?:>|\|)/.test(line) || /^\s*(?:[-*_]\s*){3,}$/.test(line)) {
      flush();
    } else if (/^\s*(?:[-*+]|\d+[.)])\s+/.test(line)) {
      flush();
      lines = [withoutLabels(line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, ""))];
    } else {
      lines.push(line.trim());
    }
  }
  flush();
  return paragraphs;
}

/** A label such as *Title.* before an item, or behind what another source says in it, says where the statement after it is from. */
function withoutLabels(item: string): string {
  return item
    .replace(/^(\*{1,2}|_{1,2})[^*_]+(?:[.!?…]\1|\1:)\s+/, "")
    .replace(/(?<=\[S?\d+\][.!]\s)(\*{1,2}|_{1,2})[^*_]+[.!?…]\1\s+/g, "");
}

/** Markdown's marks taken off: links become their text, emphasis goes, and so do citation numbers such as `[3]` or `[S3]`. */
function plain(markdown: string): string {
  return markdown
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/\s*\[(?:S?\d+(?:\s*,\s*S?\d+)*)\]/g, "")
    .replace(/(\*\*|__|`)(.+?)\1/g, "$2")
    .replace(/(^|\s)[*_](\S(?:.*?\S)?)[*_](?=[\s.,;:!?]|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}

function split(paragraph: string): string[] {
  const parts: string[] = [];
  for (const { segment } of SEGMENTER.segment(paragraph)) {
    const part = segment.trim();
    const last = parts.at(-1);
    if (last !== undefined && (ABBREVIATION.test(last) || /^[\p{Ll}\p{N}]/u.test(part)))
      parts[parts.length - 1] = `${last} ${part}`;
    else if (part !== "") parts.push(part);
  }
  return parts;
}

function isProse(sentence: string): boolean {
  if (sentence.length < 35 || sentence.length > 420 || isOwnWords(sentence)) return false;
  if (!/[.!]["”’)]?$/.test(sentence) || /https?:\/\/|www\./.test(sentence)) return false;
  const letters = sentence.match(/\p{L}/gu)?.length ?? 0;
  if (letters < sentence.length * 0.5 || sentence.split(" ").length < 6) return false;
  return !/\b(?:cookies?|subscribe|sign up|newsletter|all rights reserved|click here|privacy policy|terms of (?:use|service)|copyright|log ?in)\b/i.test(
    sentence,
  );
}
