import { Parser } from "htmlparser2";
import { type Attributes, type Block, joined } from "./block.js";
import { Table } from "./table.js";

const PARAGRAPHS = new Set(
  "p div section article main header footer blockquote figure figcaption dl dt dd address details summary hr body aside nav form fieldset caption center hgroup legend option".split(
    " ",
  ),
);
const SILENT = new Set(
  "script style noscript template svg iframe object canvas head button input select textarea video audio dialog".split(
    " ",
  ),
);
/** Tables in tables beyond this depth are read as paragraphs: nobody has laid out a page like that by hand. */
const MAX_TABLES = 16;
/** Beyond this depth the marks of lists and the places in tables say nothing to anybody. */
const MAX_LISTS = 16;
/** Stands for a <br> until white space is folded; a private character that no clean text holds. */
const LINE_BREAK = "\ue000";

/** The text of HTML as light Markdown: see {@link BlockWriter}. It is read in one pass, however deep its elements are nested. */
export function textOfHtml(html: string): string {
  const writer = new BlockWriter();
  const parser = new Parser({
    onopentag: (name, attributes) => writer.open(name, attributes),
    ontext: (text) => writer.text(text),
    onclosetag: () => writer.close(),
  });
  parser.end(html);
  return writer.result();
}

interface Element {
  name: string;
  isSilent: boolean;
  /** That it has opened. */
  table?: Table;
  /** Of the innermost table. */
  cell?: Target;
}

/** Where blocks go: the page, or a cell of a table. */
interface Target {
  blocks: Block[];
  line: string;
}

/**
 * Makes light Markdown of elements as they open and close: headings, list items, table rows and code keep their marks, the rest is
 * paragraphs. What a person does not see is left out. Its memory is that of the text and of the elements that are open.
 */
export class BlockWriter {
  readonly #elements: Element[] = [];
  readonly #page: Target = { blocks: [], line: "" };
  readonly #cells: Target[] = [];
  readonly #tables: Table[] = [];
  readonly #lists: { count: number | undefined }[] = [];
  #silent = 0;
  #pre = 0;
  /** Stands before the next text: of a heading or list item that has none yet. */
  #mark: { kind: Block["kind"]; text: string } | undefined;
  #isRaised = false;

  /** @param isSilent also hides the element with all that is in it */
  open(name: string, attributes: Attributes, isSilent = false): void {
    const element: Element = { name, isSilent: isSilent || SILENT.has(name) || isHidden(attributes) };
    this.#elements.push(element);
    if (element.isSilent) this.#silent++;
    if (this.#silent > 0) return;
    if (name === "br") this.#target.line += LINE_BREAK;
    else if (name === "sup") this.#isRaised = true;
    else if (name === "math") this.text(attributes.alttext ?? "");
    else if (name === "table") this.#openTable(element, attributes);
    else if (name === "tr") this.#openRow();
    else if (name === "td" || name === "th") this.#openCell(element, attributes);
    else if (name === "ul" || name === "ol") this.#openList(name, attributes);
    else if (name === "li") this.#openItem();
    else if (/^h[1-6]$/.test(name)) this.#openMarked("text", `${"#".repeat(Number(name[1]))} `);
    else if (name === "pre") this.#openPre();
    else if (PARAGRAPHS.has(name)) this.#end();
  }

  text(value: string): void {
    if (this.#silent > 0) return;
    const target = this.#target;
    // 10⁶ is not 106, and a note behind a year is not a part of it.
    if (this.#isRaised && /^\s*[\d.+-]/.test(value) && /[\p{L}\d)]$/u.test(target.line)) target.line += "^";
    if (value.trim() !== "") this.#isRaised = false;
    target.line += value;
  }

  /** Closes the innermost open element. */
  close(): void {
    const element = this.#elements.pop();
    if (element === undefined) return;
    const wasSilent = this.#silent > 0;
    if (element.isSilent) this.#silent--;
    if (wasSilent) return;
    const { name } = element;
    if (name === "sup") this.#isRaised = false;
    else if (name === "math") return;
    else if (name === "table") this.#closeTable(element);
    else if (name === "td" || name === "th") this.#closeCell(element);
    else if (name === "ul" || name === "ol") this.#closeList();
    else if (name === "li" || /^h[1-6]$/.test(name)) {
      this.#end();
      this.#mark = undefined;
    } else if (name === "pre") this.#closePre();
    else if (PARAGRAPHS.has(name)) this.#end();
  }

  result(): string {
    this.#end();
    return joined(this.#page.blocks);
  }

  get #target(): Target {
    return this.#cells.at(-1) ?? this.#page;
  }

  /** Ends the block under way. */
  #end(): void {
    const target = this.#target;
    const text = this.#pre > 0 ? code(target.line) : folded(target.line);
    target.line = "";
    if (text.trim() === "") return;
    const mark = this.#mark;
    this.#mark = undefined;
    target.blocks.push({ kind: mark?.kind ?? "text", text: (mark?.text ?? "") + text });
  }

  #openMarked(kind: Block["kind"], text: string): void {
    this.#end();
    this.#mark = { kind, text };
  }

  #openList(name: string, attributes: Attributes): void {
    this.#end();
    const first = Number.parseInt(attributes.start ?? "1", 10);
    this.#lists.push({ count: name === "ol" && Number.isSafeInteger(first) ? first : undefined });
  }

  #closeList(): void {
    this.#end();
    this.#lists.pop();
  }

  #openItem(): void {
    const list = this.#lists.at(-1);
    const indent = "  ".repeat(Math.max(0, Math.min(this.#lists.length, MAX_LISTS) - 1));
    this.#openMarked("item", `${indent}${list?.count === undefined ? "-" : `${list.count}.`} `);
    if (list?.count !== undefined) list.count++;
  }

  #openPre(): void {
    this.#end();
    this.#pre++;
  }

  #closePre(): void {
    this.#end();
    this.#pre--;
  }

  #openTable(element: Element, attributes: Attributes): void {
    this.#end();
    this.#mark = undefined;
    if (this.#tables.length >= MAX_TABLES) return;
    for (const table of this.#tables) table.isLayout = true;
    element.table = new Table(attributes.role === "presentation");
    this.#tables.push(element.table);
  }

  #openRow(): void {
    this.#end();
    const table = this.#tables.at(-1);
    if (table && !table.isInCell) table.row();
  }

  #openCell(element: Element, attributes: Attributes): void {
    this.#end();
    const table = this.#tables.at(-1);
    if (!table || table.isInCell) return;
    table.openCell(attributes);
    element.cell = { blocks: [], line: "" };
    this.#cells.push(element.cell);
  }

  #closeCell({ cell }: Element): void {
    this.#end();
    this.#mark = undefined;
    if (!cell) return;
    this.#cells.pop();
    this.#tables.at(-1)?.closeCell(cell.blocks);
  }

  #closeTable({ table }: Element): void {
    this.#end();
    if (!table) return;
    this.#tables.pop();
    for (const block of table.blocks()) this.#target.blocks.push(block);
  }
}

function folded(line: string): string {
  return line
    .replace(/[ \t\f\r\n]+/g, " ")
    .replaceAll(LINE_BREAK, "\n")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

/** Code keeps its lines and their indentation. */
function code(text: string): string {
  return text
    .replaceAll(LINE_BREAK, "\n")
    .replace(/^(?:[ \t]*\r?\n)+/, "")
    .trimEnd();
}

function isHidden({ hidden, style, "aria-hidden": ariaHidden }: Attributes): boolean {
  if (hidden !== undefined && hidden !== "until-found") return true;
  if (ariaHidden === "true") return true;
  return style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style);
}
