import Papa from "papaparse";
import type { ExtractedText } from "../src/sources/extraction.js";
import { charsetOf, decode } from "./encoding.js";
import { ReaderFailure } from "./failure.js";
import { cellText, rowText } from "./text/table.js";

const DELIMITERS = [",", ";", "\t", "|"];
/** Characters of a table; a larger one is a database. */
const MAX_TABLE = 10 * 1024 * 1024;
/** Lines before the header that say where the data come from. */
const MAX_PREAMBLE = 20;

/**
 * A table of values separated by commas, semicolons, tabs or bars, as rows of a table in Markdown, the header first. Quoted cells may hold
 * line ends. Lines above the header, with one cell only, stay lines.
 * @param limit stops reading after this many characters
 */
export function readCsv(bytes: Uint8Array, mediaType: string, limit: number): ExtractedText {
  const text = decode(bytes, charsetOf(mediaType));
  const preamble: string[] = [];
  const rows: string[] = [];
  let length = 0;
  let isCut = text.length > MAX_TABLE;
  Papa.parse<string[]>(text.slice(0, MAX_TABLE), {
    delimiter: delimiterOf(text, mediaType),
    skipEmptyLines: "greedy",
    step({ data }, parser) {
      const cells = data.map(cellText);
      if (rows.length === 0 && cells.filter(Boolean).length === 1 && preamble.length < MAX_PREAMBLE)
        preamble.push(cells.join(""));
      else rows.push(rowText(cells));
      length += (rows.at(-1) ?? "").length + 1;
      if (length <= limit) return;
      isCut = true;
      parser.abort();
    },
  });
  // A table of one column has no header that could be told from a line above it.
  const parts = rows.length === 0 ? preamble : [preamble.join("\n"), rows.join("\n")].filter(Boolean);
  if (parts.length === 0) throw new ReaderFailure("no_text", "The table has no rows.");
  return { text: parts.join(rows.length === 0 ? "\n" : "\n\n"), ...(isCut ? { truncated: true } : {}) };
}

/** Tabs if the type says so; else what separates the most lines into the same number of cells. */
function delimiterOf(text: string, mediaType: string): string {
  if (/tab-separated/i.test(mediaType)) return "\t";
  // The last line of the sample may be cut.
  const sample = text.slice(0, 65_536);
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const { data } = Papa.parse<string[]>(sample, { delimiter, skipEmptyLines: "greedy", preview: 200 });
    const widths = new Map<number, number>();
    for (const { length } of data) if (length > 1) widths.set(length, (widths.get(length) ?? 0) + 1);
    const score = Math.max(0, ...widths.values()) / Math.max(1, data.length);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
