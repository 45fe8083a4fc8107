/** A piece of Markdown between blank lines, or a heading, a fence, a quotation. `start` and `end` are offsets in the text. */
export interface Block {
  kind: "heading" | "text" | "code" | "quote";
  /** 1-6 for a heading. */
  level?: number;
  /** The words of a heading without its marks, otherwise the block as written. */
  text: string;
  start: number;
  end: number;
}

/**
 * Cuts Markdown into blocks, line by line, in time linear in its length: nesting is not followed, HTML is not
 * interpreted, nothing in the text can make it do more work than its size.
 */
export function* blocksOf(markdown: string): Generator<Block, void, undefined> {
  let open: OpenBlock | undefined;
  const asBlock = ({ kind, start, end }: OpenBlock): Block => ({ kind, text: markdown.slice(start, end), start, end });

  for (const line of linesOf(markdown)) {
    if (open?.fence) {
      open.end = line.end;
      if (isFenceEnd(line.text, open.fence)) {
        yield asBlock(open);
        open = undefined;
      }
      continue;
    }
    const fence = fenceOf(line.text);
    const heading = fence ? undefined : headingOf(line.text);
    const isBlank = line.text.trim() === "";
    const underline = open?.kind === "text" && open.lines === 1 ? underlineLevel(line.text) : 0;
    if (open && underline > 0) {
      yield { ...asBlock(open), kind: "heading", level: underline, text: asBlock(open).text.trim(), end: line.end };
      open = undefined;
      continue;
    }
    // A quotation goes on through lines without its mark, up to the next blank one.
    const kind = line.text.trimStart().startsWith(">") || open?.kind === "quote" ? "quote" : "text";
    if (open && (fence || heading || isBlank || open.kind !== kind)) {
      yield asBlock(open);
      open = undefined;
    }
    if (heading) {
      yield { kind: "heading", ...heading, start: line.start, end: line.end };
    } else if (fence) {
      open = { kind: "code", start: line.start, end: line.end, fence, lines: 1 };
    } else if (open) {
      open.end = line.end;
      open.lines++;
    } else if (!isBlank) {
      open = { kind, start: line.start, end: line.end, lines: 1 };
    }
  }
  if (open) yield asBlock(open);
}

interface OpenBlock {
  kind: "text" | "code" | "quote";
  start: number;
  end: number;
  /** The marks that opened a code block and have to close it. */
  fence?: string;
  lines: number;
}

/** The words of the first first-level heading, or undefined. */
export function firstHeading(markdown: string): string | undefined {
  for (const block of blocksOf(markdown)) {
    if (block.kind === "heading" && block.level === 1 && block.text !== "") return block.text;
  }
  return undefined;
}

/** The lines of a text without their ends. */
export function* linesOf(text: string): Generator<{ text: string; start: number; end: number }> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? text.length : newline;
    if (end > start && text[end - 1] === "\r") end--;
    yield { text: text.slice(start, end), start, end };
    start = next;
  }
}

function headingOf(line: string): { level: number; text: string } | undefined {
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (!marks?.[1]) return undefined;
  const rest = line.slice(marks[0].length).trim();
  const withoutMarks = rest.slice(0, lengthWithoutTrailing(rest, "#"));
  const closed = withoutMarks === "" || /[ \t]$/.test(withoutMarks);
  return { level: marks[1].length, text: (closed ? withoutMarks : rest).trim() };
}

function lengthWithoutTrailing(text: string, mark: string): number {
  let length = text.length;
  while (length > 0 && text[length - 1] === mark) length--;
  return length;
}

function underlineLevel(line: string): 0 | 1 | 2 {
  const marks = line.trim();
  if (marks.length > 0 && lengthWithoutTrailing(marks, "=") === 0) return 1;
  return marks.length > 1 && lengthWithoutTrailing(marks, "-") === 0 ? 2 : 0;
}

/** The marks that open a code block, if the line does. */
export function fenceOf(line: string): string | undefined {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  // Backticks after the opening ones make it code within a line.
  return fence?.startsWith("`") && line.trim().slice(fence.length).includes("`") ? undefined : fence;
}

/** Whether a line closes the code block that these marks opened. */
export function isFenceEnd(line: string, fence: string): boolean {
  const marks = line.trim();
  return marks.length >= fence.length && lengthWithoutTrailing(marks, fence[0] ?? "`") === 0;
}
