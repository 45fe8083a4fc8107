import { fenceOf, isFenceEnd, linesOf } from "./markdown.js";

/**
 * The Markdown with everything blanked that a reader of the article does not see: front matter and HTML comments. It has
 * the same length, so that offsets in it are offsets in the article. Takes time linear in the length.
 */
export function visibleMarkdown(markdown: string): string {
  const hidden = [...frontMatter(markdown), ...commentsOf(markdown)];
  return hidden.length === 0 ? markdown : blanked(markdown, hidden);
}

/** A part of a text, by its offsets. */
export interface Span {
  start: number;
  end: number;
}

/** The text with spaces instead of these spans, which stand in order and do not overlap; line breaks stay. */
export function blanked(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    parts.push(text.slice(from, start), text.slice(start, end).replace(/[^\n]/g, " "));
    from = end;
  }
  return [...parts, text.slice(from)].join("");
}

const FRONT_MATTER = /^---[ \t]*\r?\n(?:(?!---)[^\n]*\n){1,200}?---[ \t]*(?:\r?\n|$)/;

function frontMatter(markdown: string): Span[] {
  const found = FRONT_MATTER.exec(markdown);
  return found ? [{ start: 0, end: found[0].length }] : [];
}

function commentsOf(markdown: string): Span[] {
  if (!markdown.includes("<!--")) return [];
  const nextEnd = seeker(markdown, /-->/g);
  const nextBlankLine = seeker(markdown, /\n[ \t]*\r?\n/g);
  const comments: Span[] = [];
  let fence: string | undefined;
  let past = 0;
  for (const line of linesOf(markdown)) {
    if (fence !== undefined) {
      if (isFenceEnd(line.text, fence)) fence = undefined;
      continue;
    }
    if (line.end <= past) continue;
    if (line.start >= past) {
      fence = fenceOf(line.text);
      if (fence !== undefined) continue;
    }
    for (let at = line.text.indexOf("<!--"); at >= 0; at = line.text.indexOf("<!--", at + 4)) {
      const start = line.start + at;
      if (start < past) continue;
      const end = nextEnd(start + 4);
      const before = line.text.slice(0, at);
      // At the start of a line it hides all that follows until it is closed; within a paragraph it must be closed there.
      const closes = /^ {0,3}$/.test(before) || (end < nextBlankLine(start) && !isInCode(before));
      if (!closes) continue;
      past = Math.min(markdown.length, end + 3);
      comments.push({ start, end: past });
      if (past >= line.end) break;
    }
  }
  return comments;
}

/** Whether what follows on the line stands between backticks. */
function isInCode(before: string): boolean {
  return (before.match(/`/g) ?? []).length % 2 === 1;
}

/** Finds the first match at or after a position, for positions that only grow: each part of the text is searched once. */
function seeker(text: string, pattern: RegExp): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) {
      pattern.lastIndex = from;
      found = pattern.exec(text)?.index ?? text.length;
    }
    return found;
  };
}
