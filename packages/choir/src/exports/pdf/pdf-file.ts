import type { List, Nodes, Parent, Root, Table } from "mdast";
import { textOf } from "../article-tree.js";
import type { DocumentFacts } from "../document.js";
import { type Note, notesOf } from "../notes.js";
import { safeText } from "../safe-text.js";
import type { FontName } from "./fonts.js";
import { type Column, heightOf, type Line, type Run, Typesetter } from "./typesetter.js";

const SIZE = 10.5;
const LINK = "#7a5a00";
/** Points that each level of a list or a quotation stands further in, and levels that do. */
const STEP = 16;
const DEEPEST_STEP = 12;
/** Columns above which a table cannot be read on a page: its rows are set as text. */
const MOST_COLUMNS = 8;

/** The text as a PDF file, the same bytes for the same text. */
export async function pdfFile(facts: DocumentFacts, tree: Root): Promise<Uint8Array> {
  const { title, author, language, date, lines, notice } = facts;
  const typesetter = new Typesetter({ title, author: safeText(author), language, date: new Date(date) });
  const pages = new Pages(typesetter, notesOf(tree));
  pages.plain(title, { font: "bold", size: 20 });
  if (notice !== undefined) pages.plain(notice.text, { font: "bold", size: 11, color: "#b00020" });
  for (const line of lines) pages.plain(line, { font: "regular", size: 8.5, color: "#555555" });
  typesetter.rule({ left: 0, width: typesetter.width });
  typesetter.gap(6);
  pages.blocks(tree.children, { left: 0, width: typesetter.width });
  pages.notes();
  if (typesetter.hasUnknown) {
    const text =
      "A white square stands for a character that this file has no letters for: export HTML or DOCX to see it.";
    pages.plain(text, { font: "italic", size: 8.5, color: "#555555" });
  }
  return await typesetter.finish();
}

interface Style {
  size: number;
  isBold?: boolean;
  isItalic?: boolean;
  color?: string;
  link?: string;
  /** Where the line along a quotation stands. */
  bar?: number;
}

class Pages {
  readonly #typesetter: Typesetter;
  readonly #notes: ReadonlyMap<string, Note>;

  constructor(typesetter: Typesetter, notes: ReadonlyMap<string, Note>) {
    this.#typesetter = typesetter;
    this.#notes = notes;
  }

  plain(text: string, style: Omit<Run, "text">): void {
    const column = { left: 0, width: this.#typesetter.width };
    this.#typesetter.set(this.#typesetter.linesOf([{ text: safeText(text), ...style }], column.width), column);
    this.#typesetter.gap(style.size / 3);
  }

  blocks(nodes: readonly Nodes[], column: Column, style: Style = { size: SIZE }): void {
    for (const node of nodes) this.#block(node, column, style);
  }

  notes(): void {
    if (this.#notes.size === 0) return;
    this.#typesetter.gap(10);
    this.#typesetter.rule({ left: 0, width: 120 });
    for (const { number, definition } of this.#notes.values()) {
      this.#item(`${number}`, definition.children, { left: 0, width: this.#typesetter.width }, { size: 8.5 });
    }
  }

  #block(node: Nodes, column: Column, style: Style): void {
    const typesetter = this.#typesetter;
    switch (node.type) {
      case "heading": {
        const size = [16, 13.5, 12, 11, 10.5, 10.5][node.depth - 1] ?? SIZE;
        typesetter.gap(size / 2);
        typesetter.keepTogether(size * 4);
        this.#paragraph(this.#inline(node, { ...style, size, isBold: true }), column, style);
        return;
      }
      case "paragraph":
        this.#paragraph(this.#inline(node, style), column, style);
        return;
      case "blockquote":
        this.blocks(node.children, inner(column), { ...style, color: "#444444", bar: column.left + 4 });
        return;
      case "list":
        this.#list(node, column, style);
        return;
      case "code":
        this.#paragraph([{ text: node.value, font: "mono", size: style.size * 0.82 }], column, style);
        return;
      case "table":
        this.#table(node, column, style);
        return;
      case "thematicBreak":
        typesetter.rule(column);
        return;
      case "footnoteDefinition":
        return;
      default:
        this.#paragraph(this.#inline({ type: "paragraph", children: [node] } as Nodes, style), column, style);
    }
  }

  #paragraph(runs: readonly Run[], column: Column, style: Style): void {
    if (runs.length === 0) return;
    this.#typesetter.set(this.#typesetter.linesOf(runs, column.width), column, style);
    this.#typesetter.gap(style.size * 0.55);
  }

  #list({ children, ordered, start }: List, column: Column, style: Style): void {
    for (const [i, item] of children.entries()) {
      const box = item.checked == null ? undefined : item.checked ? "[x]" : "[ ]";
      const mark = box ?? (ordered ? `${(start ?? 1) + i}.` : "•");
      this.#item(mark, item.children, column, style);
    }
  }

  #item(mark: string, children: readonly Nodes[], column: Column, style: Style): void {
    const typesetter = this.#typesetter;
    const run: Run = { text: mark, font: "regular", size: style.size };
    const [line = []] = typesetter.linesOf([run], Number.POSITIVE_INFINITY);
    const within = inner(column, Math.max(STEP, (line[0]?.width ?? 0) + 5));
    typesetter.keepTogether(heightOf(line));
    typesetter.draw(line, column.left);
    if (children.length === 0) typesetter.gap(heightOf(line));
    else this.blocks(children, within, style);
  }

  #table({ children: rows, align }: Table, column: Column, style: Style): void {
    const typesetter = this.#typesetter;
    const count = Math.max(1, ...rows.map(({ children }) => children.length));
    const small = { ...style, size: style.size * 0.88 };
    if (count > MOST_COLUMNS || column.width / count < 40) {
      for (const row of rows) {
        const cells = row.children.map((cell) => textOf(cell)).join(" | ");
        this.#paragraph([{ text: cells, font: "regular", size: small.size }], column, small);
      }
      return;
    }
    const width = column.width / count;
    for (const [i, row] of rows.entries()) {
      const cells = row.children.map((cell) =>
        typesetter.linesOf(this.#inline(cell, { ...small, isBold: i === 0 }), width - 8),
      );
      this.#row(cells, column, width, align ?? []);
      typesetter.rule(column, i === 0 ? "#555555" : "#cccccc");
    }
    typesetter.gap(style.size * 0.55);
  }

  /** Line by line through all cells, so that a row may be longer than a page. */
  #row(cells: readonly Line[][], column: Column, width: number, align: NonNullable<Table["align"]>): void {
    const most = Math.max(0, ...cells.map((lines) => lines.length));
    for (let i = 0; i < most; i++) {
      const line = cells.map((lines) => lines[i] ?? []);
      const height = Math.max(...line.map(heightOf));
      this.#typesetter.keepTogether(height);
      for (const [n, pieces] of line.entries()) {
        const free = width - 8 - pieces.reduce((sum, piece) => sum + piece.width, 0);
        const shift = align[n] === "right" ? free : align[n] === "center" ? free / 2 : 0;
        this.#typesetter.draw(pieces, column.left + n * width + shift);
      }
      this.#typesetter.gap(height);
    }
  }

  #inline(node: Nodes, style: Style): Run[] {
    const { size, color, link } = style;
    const run = (text: string, font: FontName = fontOf(style)): Run => ({ text, font, size, color, link });
    switch (node.type) {
      case "text":
        return [run(node.value.replace(/\s+/g, " "))];
      case "inlineCode":
        return [{ ...run(node.value.replace(/\s+/g, " "), "mono"), size: size * 0.88 }];
      case "break":
        return [run("\n")];
      case "footnoteReference": {
        const note = this.#notes.get(node.identifier);
        return note ? [{ ...run(`${note.number}`), size: size * 0.65, rise: size * 0.3 }] : [];
      }
      case "strong":
        return this.#inlineOf(node, { ...style, isBold: true });
      case "emphasis":
        return this.#inlineOf(node, { ...style, isItalic: true });
      case "link":
        return this.#inlineOf(node, { ...style, link: node.url, color: LINK });
      default:
        return "children" in node ? this.#inlineOf(node, style) : [];
    }
  }

  #inlineOf(node: Parent, style: Style): Run[] {
    return node.children.flatMap((child) => this.#inline(child, style));
  }
}

function fontOf({ isBold, isItalic }: Style): FontName {
  if (isBold) return isItalic ? "boldItalic" : "bold";
  return isItalic ? "italic" : "regular";
}

/** One level further in, as long as that leaves something to read. */
function inner({ left, width }: Column, step: number = STEP): Column {
  return left >= DEEPEST_STEP * STEP ? { left, width } : { left: left + step, width: width - step };
}
