import { type Attributes, type Block, joined } from "./block.js";

/** Above these a cell spans what is there, and not what it says: a page must not make text of a number. */
const MAX_COLUMNS = 200;
const MAX_ROWS = 2_000;
/** Characters of a cell that is not one of a table of data but a column of a page. */
const LONG_CELL = 1_500;

/**
 * A table as it is read. A cell that spans rows stands in each of them, so that every row can be read alone; one that spans columns is
 * followed by empty ones. What lays out a page is no table: its cells are paragraphs.
 */
export class Table {
  isLayout: boolean;
  /** A cell is open. */
  isInCell = false;
  readonly #rows: string[][] = [];
  readonly #cells: Block[][] = [];
  /** By column: what stands there in the next rows. */
  readonly #spanning = new Map<number, { text: string; rows: number }>();
  #row: string[] | undefined;
  #span = { columns: 1, rows: 1 };

  constructor(isLayout: boolean) {
    this.isLayout = isLayout;
  }

  row(): void {
    this.#endRow();
    this.#row = [];
  }

  openCell({ colspan, rowspan }: Attributes): void {
    this.isInCell = true;
    this.#span = { columns: count(colspan, MAX_COLUMNS), rows: count(rowspan, MAX_ROWS) };
  }

  closeCell(blocks: Block[]): void {
    this.isInCell = false;
    this.#cells.push(blocks);
    this.#row ??= [];
    this.#fill(this.#row);
    const text = cellText(joined(blocks));
    if (text.length > LONG_CELL) this.isLayout = true;
    const { columns, rows } = this.#span;
    for (let i = 0; i < columns && this.#row.length < MAX_COLUMNS; i++) {
      const part = i === 0 ? text : "";
      if (rows > 1) this.#spanning.set(this.#row.length, { text: part, rows: rows - 1 });
      this.#row.push(part);
    }
  }

  /** The rows, or, of a table that lays out a page, what stands in its cells. */
  blocks(): Block[] {
    this.#endRow();
    if (this.isLayout) return this.#cells.flat();
    return this.#rows.map((row) => ({ kind: "row", text: rowText(row) }));
  }

  #endRow(): void {
    const row = this.#row;
    this.#row = undefined;
    if (!row) return;
    this.#fill(row);
    if (row.some((cell) => cell !== "")) this.#rows.push(row);
  }

  /** Puts in what earlier rows span into this one, up to the first free place. */
  #fill(row: string[]): void {
    for (let above = this.#spanning.get(row.length); above; above = this.#spanning.get(row.length)) {
      if (above.rows === 1) this.#spanning.delete(row.length);
      else above.rows--;
      row.push(above.text);
    }
  }
}

/** One line, and no bar that would look like the end of the cell. */
export function cellText(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "/").trim();
}

export function rowText(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function count(value: string | undefined, most: number): number {
  const number = Number.parseInt(value ?? "1", 10);
  return Number.isSafeInteger(number) ? Math.min(Math.max(1, number), most) : 1;
}
