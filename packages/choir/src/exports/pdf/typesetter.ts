import PDFDocument from "pdfkit";
import type { FontName } from "./fonts.js";
import { FONT_FILES } from "./fonts.js";

/** A piece of a line in one style; sizes in points. */
export interface Run {
  text: string;
  font: FontName;
  size: number;
  color?: string;
  link?: string;
  /** Points above the line, for marks of notes. */
  rise?: number;
}

/** Where a text stands: points from the left margin, and how wide it is. */
export interface Column {
  left: number;
  width: number;
}

interface Piece extends Run {
  width: number;
}
export type Line = Piece[];

export interface PdfFacts {
  title: string;
  author: string;
  language: string | undefined;
  date: Date;
}

const MARGIN = 64;
/** Marks on one letter, beyond which they are left out: to place each, the font compares it with those before. No script has as many. */
const TOO_MANY_MARKS = /(\p{M}{8})\p{M}+/gu;
const LEADING = 1.45;
const INK = "#1a1a1a";

/** Sets lines on pages of A4. A character that the fonts do not have is shown as a white square. */
export class Typesetter {
  readonly #doc: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  /** Widths of words at a size of one point, for each font. */
  readonly #widths = new Map<string, number>();
  readonly #shown = new Map<FontName, (character: string) => boolean>();
  #y = MARGIN;
  /** Whether a character was met that no font here has. */
  hasUnknown = false;

  constructor({ title, author, language, date }: PdfFacts) {
    this.#doc = new PDFDocument({
      size: "A4",
      margin: MARGIN,
      bufferPages: true,
      pdfVersion: "1.7",
      lang: language,
      displayTitle: true,
      info: {
        Title: title,
        Author: author,
        CreationDate: date,
        ModDate: date,
        Producer: "Vibewriter",
        Creator: "Vibewriter",
      },
    });
    this.#doc.on("data", (chunk: Buffer) => void this.#chunks.push(chunk));
    for (const [name, path] of FONT_FILES) this.#doc.registerFont(name, path);
  }

  /** Points between the margins. */
  get width(): number {
    return this.#doc.page.width - 2 * MARGIN;
  }

  get #bottom(): number {
    return this.#doc.page.height - MARGIN;
  }

  gap(points: number): void {
    this.#y += points;
  }

  /** Goes to the next page unless so many points are left on this one. */
  keepTogether(points: number): void {
    if (this.#y + points > this.#bottom) this.#nextPage();
  }

  /** A line across the column. */
  rule({ left, width }: Column, color = "#bbbbbb"): void {
    this.keepTogether(8);
    const x = MARGIN + left;
    this.#doc
      .moveTo(x, this.#y + 4)
      .lineTo(x + width, this.#y + 4)
      .lineWidth(0.7)
      .stroke(color);
    this.#y += 8;
  }

  /** Breaks runs into lines: between words, a word that is too long anywhere. `\n` ends a line. */
  linesOf(runs: readonly Run[], width: number): Line[] {
    const lines: Line[] = [[]];
    let used = 0;
    const put = (piece: Piece): void => {
      const line = lines.at(-1) ?? [];
      const last = line.at(-1);
      if (last !== undefined && isSameStyle(last, piece)) {
        last.text += piece.text;
        last.width += piece.width;
      } else line.push(piece);
      used += piece.width;
    };
    const next = (): void => {
      lines.push([]);
      used = 0;
    };
    for (const run of runs) {
      for (const word of this.#known(run).match(/\n|[^\S\n]+|\S+/g) ?? []) {
        if (word === "\n") {
          next();
          continue;
        }
        const length = this.#widthOf(word, run);
        if (used + length <= width) put({ ...run, text: word, width: length });
        else if (length <= width) {
          next();
          if (word.trim() !== "") put({ ...run, text: word, width: length });
        } else {
          for (const part of this.#parts(word, run, width)) {
            if (used > 0 && used + part.width > width) next();
            put(part);
          }
        }
      }
    }
    return lines;
  }

  /** Sets lines one below the other; `bar` draws a line along their left side, as quotations have it. */
  set(lines: readonly Line[], { left }: Column, o: { bar?: number } = {}): void {
    for (const line of lines) {
      const height = heightOf(line);
      this.keepTogether(height);
      this.draw(line, left);
      if (o.bar !== undefined) {
        const x = MARGIN + o.bar;
        this.#doc
          .moveTo(x, this.#y)
          .lineTo(x, this.#y + height)
          .lineWidth(2)
          .stroke("#c9a227");
      }
      this.#y += height;
    }
  }

  /** One line here, without going on to the next one. */
  draw(line: Line, left: number): void {
    let x = MARGIN + left;
    const size = Math.max(0, ...line.map((piece) => piece.size));
    for (const { text, font, size: own, color, link, rise = 0, width } of line) {
      const y = this.#y + (size - own) - rise;
      this.#doc
        .font(font)
        .fontSize(own)
        .fillColor(color ?? INK)
        .text(text, x, y, { lineBreak: false });
      if (link !== undefined) this.#doc.link(x, this.#y, width, size * LEADING, link);
      x += width;
    }
  }

  /** The whole file, with the number of each page at its foot. */
  async finish(): Promise<Uint8Array> {
    const ended = new Promise((resolve, reject) => {
      this.#doc.once("end", resolve);
      this.#doc.once("error", reject);
    });
    const { start, count } = this.#doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.#doc.switchToPage(page);
      // Below the margin, where text would open another page.
      this.#doc.page.margins.bottom = 0;
      const [x, y] = [MARGIN, this.#doc.page.height - MARGIN / 2];
      const options = { width: this.width, align: "center", lineBreak: false } as const;
      this.#doc
        .font("regular")
        .fontSize(8)
        .fillColor("#777777")
        .text(`${page + 1} / ${count}`, x, y, options);
    }
    this.#doc.end();
    await ended;
    return Buffer.concat(this.#chunks);
  }

  #nextPage(): void {
    this.#doc.addPage();
    this.#y = MARGIN;
  }

  #parts(word: string, run: Run, width: number): Piece[] {
    const parts: Piece[] = [];
    let part: Piece = { ...run, text: "", width: 0 };
    for (const character of word) {
      const more = this.#widthOf(character, run);
      if (part.text !== "" && part.width + more > width) {
        parts.push(part);
        part = { ...run, text: "", width: 0 };
      }
      part.text += character;
      part.width += more;
    }
    return [...parts, part];
  }

  #widthOf(word: string, { font, size }: Run): number {
    const key = `${font} ${word}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      width = this.#doc.font(font).fontSize(100).widthOfString(word) / 100;
      this.#widths.set(key, width);
    }
    return width * size;
  }

  /** The text with what the font lacks replaced; tabs are four spaces. */
  #known({ text, font }: Run): string {
    const plain = text
      .replace(/\t/g, "    ")
      .replace(/\p{Default_Ignorable_Code_Point}+/gu, "")
      .replace(TOO_MANY_MARKS, "$1");
    if (/^[\n\x20-\x7e]*$/.test(plain)) return plain;
    const isShown = this.#shownBy(font);
    return plain.replace(/[^\n\x20-\x7e]/gu, (character) => {
      if (isShown(character)) return character;
      this.hasUnknown = true;
      return isShown("□") ? "□" : "?";
    });
  }

  #shownBy(font: FontName): (character: string) => boolean {
    const there = this.#shown.get(font);
    if (there !== undefined) return there;
    // pdfkit has loaded the font by then; its types do not say that it is a fontkit one.
    const { font: loaded } = Reflect.get(this.#doc.font(font), "_font") as { font: Glyphs };
    const isShown = (character: string) => loaded.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
    this.#shown.set(font, isShown);
    return isShown;
  }
}

interface Glyphs {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

export function heightOf(line: Line): number {
  return Math.max(10, ...line.map(({ size }) => size)) * LEADING;
}

function isSameStyle(one: Run, other: Run): boolean {
  return (
    one.font === other.font &&
    one.size === other.size &&
    one.color === other.color &&
    one.link === other.link &&
    one.rise === other.rise
  );
}
