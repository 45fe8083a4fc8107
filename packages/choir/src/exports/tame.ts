import { fenceOf, isFenceEnd, linesOf } from "../text/markdown.js";
import { visibleMarkdown } from "../text/visible.js";

/** Lists and quotations within each other that one line may open. */
const DEEPEST = 16;
/** Columns of indentation in front of a mark that opens another level. */
const WIDEST = 40;
/** Marks of a paragraph that the parser may have to compare with each other, and what all such comparisons may come to. */
const MOST_MARKS = 500;
const FREE_MARKS = 10;
const MOST_COMPARISONS = 400_000;
/** Backticks in a row, and openings of declarations, for each of which the rest of a paragraph is searched. */
const MOST_BACKTICKS = 8;
const MOST_DECLARATIONS = 20;
/** Definitions of links and notes, each of which is compared with all others. */
const MOST_DEFINITIONS = 5_000;
/** What ending lists, quotations and notes may come to: for each of them the parser goes over all lines so far. */
const MOST_ENDINGS = 5_000_000;
/** Characters of a word that could be the beginning of a mail address. */
const LONGEST_WORD = 300;

/** Markdown as a parser gets it, and how what the parser gives is read. */
export interface Tamed {
  text: string;
  restore(text: string): string;
}

/**
 * Markdown that reads the same and that a parser gets through quickly, in time linear in its length: what is nested or marked beyond all
 * reason is shown as it was written, hidden text is blanked, blocks of raw HTML are text, and stretches of nothing but words, in which there is
 * nothing to parse, are put aside.
 */
export function tameMarkdown(markdown: string): Tamed {
  const tamer = new Tamer();
  const aside = new Aside();
  const visible = visibleMarkdown(markdown.replace(STAND_INS, ""));
  const lines = [...linesOf(visible)].map(({ text }) => aside.put(tamer.line(text)));
  return { text: lines.join("\n"), restore: (text) => aside.restore(text) };
}

/** Characters that Unicode keeps free for what never leaves a program: a stretch's number between two of them, and marks that are only text. */
const STAND_INS = /[\uFDD0-\uFDEF]/g;
const [OPEN, CLOSE] = ["\uFDD0", "\uFDD1"];
const MARKS = "[]*_~\\<`";
const FIRST_MARK = 0xfdd2;
/** Between two spaces, so that neither an address nor the edge of an emphasis is in it. */
const WORDS = /(?<=[^\s>*+.)-] )[\p{L}\p{N},][\p{L}\p{M}\p{N}, ]{24,}(?= )/gu;

/** Shows a mark as it is without the parser seeing one. */
function asText(marks: string): string {
  return marks.replace(/[[\]*_~\\<`]/g, (mark) => String.fromCharCode(FIRST_MARK + MARKS.indexOf(mark)));
}

/** Stretches that the parser need not read. */
class Aside {
  readonly #stretches: string[] = [];
  /** Equal stretches have equal numbers: the label of a link may be one. */
  readonly #numbers = new Map<string, number>();

  put(line: string): string {
    return line.replace(WORDS, (stretch) => {
      const known = this.#numbers.get(stretch);
      const number = known ?? this.#stretches.push(stretch) - 1;
      if (known === undefined) this.#numbers.set(stretch, number);
      return `${OPEN}${number}${CLOSE}`;
    });
  }

  restore(text: string): string {
    return text.replace(/\uFDD0(\d+)\uFDD1|[\uFDD2-\uFDEF]/g, (found, number: string | undefined) =>
      number === undefined ? MARKS.charAt(found.charCodeAt(0) - FIRST_MARK) : (this.#stretches[Number(number)] ?? ""),
    );
  }
}

class Tamer {
  #fence: { marks: string; indent: number } | undefined;
  /** What the lines so far have left open. */
  #open: "item" | "quotation" | undefined;
  #lines = 0;
  #endings = 0;
  #definitions = 0;
  #comparisons = 0;
  #declarations = 0;
  /** Marks of the paragraph so far. */
  #marks = 0;
  #isInList = false;

  line(text: string): string {
    this.#lines += 1;
    const indent = text.search(/\S/);
    if (this.#fence !== undefined && indent >= 0 && indent < this.#fence.indent) {
      // The list item that the code stood in has ended.
      this.#fence = undefined;
    }
    if (this.#fence !== undefined) {
      if (isFenceEnd(text, this.#fence.marks)) this.#fence = undefined;
      return text;
    }
    const marks = fenceOf(text);
    if (marks !== undefined) {
      this.#fence = { marks, indent };
      this.#marks = 0;
      return text;
    }
    if (this.#startsAnew(text)) this.#marks = 0;
    return this.#inline(withoutHtmlBlock(this.#withoutDefinition(shallow(text, this.#deepest(text)))));
  }

  /** How deep the line may be nested: not at all when ending what is open has come to too much. */
  #deepest(text: string): number {
    const opened = OPENING.exec(text);
    const isEnd = opened === null && (text.trim() === "" ? this.#open === "quotation" : this.#open !== undefined);
    if (isEnd) this.#endings += this.#lines;
    if (opened !== null) this.#open = opened[1] === ">" ? "quotation" : "item";
    else if (isEnd && !/^\s+\S/.test(text)) this.#open = undefined;
    return this.#endings > MOST_ENDINGS ? 0 : DEEPEST;
  }

  /** A definition too many is text. */
  #withoutDefinition(text: string): string {
    if (!DEFINITION.test(text)) return text;
    this.#definitions += 1;
    const isTooMuch = this.#definitions > MOST_DEFINITIONS || this.#endings > MOST_ENDINGS;
    return isTooMuch ? text.replace("[", asText) : text;
  }

  /** Whether what came before has no part in how this line is read. */
  #startsAnew(text: string): boolean {
    const [, number] = /^\s*(?:>\s*)*(?:[-+*]|(\d{1,9})[.)])\s+\S/.exec(text) ?? [];
    const isItem = /^\s*(?:>\s*)*[-+*]\s+\S/.test(text) || (number !== undefined && (this.#isInList || +number === 1));
    const isBlank = text.trim() === "";
    this.#isInList = isItem || isBlank || this.#isInList;
    return isItem || isBlank || /^ {0,3}#{1,6}\s/.test(text);
  }

  #inline(text: string): string {
    const words = text.length > LONGEST_WORD ? text.replace(ENDLESS_WORD, "$&\u200B") : text;
    return words.replace(MARK, (mark) => {
      if (mark.startsWith("\\")) return mark;
      if (mark.startsWith("`") && mark.length > MOST_BACKTICKS) return "`".repeat(MOST_BACKTICKS);
      if (mark.startsWith("<!") || mark.startsWith("<?")) {
        this.#declarations += 1;
        return this.#declarations > MOST_DECLARATIONS ? asText(mark) : mark;
      }
      this.#marks += 1;
      const cost = this.#marks * mark.length;
      const isTooMuch = this.#marks > MOST_MARKS || this.#comparisons + cost > MOST_COMPARISONS;
      if (isTooMuch && this.#marks > FREE_MARKS) return asText(mark);
      this.#comparisons += cost;
      return mark;
    });
  }
}

/** What opens or closes something within a paragraph, or is escaped. */
const MARK = /\\[!-/:-@[-`{-~]|<[!?]|`+|\*{1,20}|_{1,20}|~{1,20}|[[\]]/g;
const ENDLESS_WORD = new RegExp(`[-.\\w+@]{${LONGEST_WORD}}`, "g");
/** The first mark of a line that opens a list, a quotation or a note. */
const OPENING = /^\s*(>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$)|\[\^[^\]]*\]:)/;
const DEFINITION = /^[\s>]*\[[^\]]+\]:/;
const CONTAINER = /(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;

/** The line with at most so many marks of lists and quotations at its beginning, and these not too far in. */
function shallow(text: string, deepest: number): string {
  let at = text.search(/\S/);
  if (at < 0) return "";
  const opens = /^(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])/.test(text.slice(at, at + 12));
  const line = opens && at > WIDEST ? text.slice(at - WIDEST) : text;
  at = line.search(/\S/);
  for (let depth = 0; ; depth++) {
    CONTAINER.lastIndex = at;
    const [mark] = CONTAINER.exec(line) ?? [];
    if (mark === undefined) return line;
    if (depth === deepest) {
      // `12.` is escaped before its dot, the others before their only sign.
      const sign = at + mark.length - 1;
      return `${line.slice(0, sign)}\\${line.slice(sign)}`;
    }
    at += mark.length;
    while (line[at] === " " || line[at] === "\t") at++;
  }
}

/** HTML at the beginning of a line would take the following lines with it, whatever they are. */
function withoutHtmlBlock(text: string): string {
  return text.replace(/^( {0,3})(<br\s*\/?>\s*)+/i, "$1").replace(/^ {0,3}(?=<[A-Za-z/!?])/, "$&\\");
}
