import { markOf, unmarkedUtf16 } from "./encoding.js";

/** What a source is made of, as far as reading goes. */
export type SourceKind = "pdf" | "docx" | "html" | "csv" | "markdown" | "text";

/** For sentences: "It is not ...". */
export const READ_FORMATS = "Markdown, text, HTML, PDF, Word (.docx) or CSV";

const OTHER_FORMATS: [string, string][] = [
  ["d0cf11e0", "an old Office document or one that is locked with a password: save it as DOCX or CSV"],
  ["1f8b", "a gzip archive"],
  ["28b52ffd", "a zstd archive"],
  ["fd377a585a00", "an xz archive"],
  ["89504e47", "a PNG image"],
  ["ffd8ff", "a JPEG image"],
  ["47494638", "a GIF image"],
  ["7f454c46", "a program"],
  ["cafebabe", "a program"],
  ["53514c69746520", "an SQLite database"],
  ["4f676753", "an Ogg recording"],
  ["494433", "an MP3 recording"],
];

/** Archives that are documents of a kind, by what is among the names in them. */
const ARCHIVES: [string, string][] = [
  ["xl/", "an Excel workbook: save its tables as CSV"],
  ["ppt/", "a PowerPoint presentation: save it as PDF"],
  ["application/vnd.oasis.opendocument", "an OpenDocument file: save it as DOCX or PDF"],
  ["application/epub+zip", "an EPUB book: give its text as HTML or PDF"],
];

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

const TYPES: Record<string, string> = {
  pdf: "application/pdf",
  docx: DOCX,
  html: "text/html",
  htm: "text/html",
  xhtml: "application/xhtml+xml",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  md: "text/markdown",
  markdown: "text/markdown",
  txt: "text/plain",
  text: "text/plain",
};

/** The media type that a file's name promises; plain text for a name that promises nothing. */
export function mediaTypeOf(name: string): string {
  return typeByName(name) ?? "text/plain";
}

/** The ending of a file of a media type, such as `docx`; undefined for a type that no source has. */
export function endingOf(mediaType: string): string | undefined {
  const type = mediaType.split(";")[0]?.trim().toLowerCase();
  return Object.entries(TYPES).find(([, one]) => one === type)?.[0];
}

/** Whether files of this name are read where they are found in a folder. */
export function isReadByName(name: string): boolean {
  return typeByName(name) !== undefined;
}

/** What bytes are, judged by themselves first and by their declared type second; undefined with a reason if they cannot be read. */
export function kindOf(
  bytes: Uint8Array,
  mediaType: string,
  name: string,
): { kind: SourceKind } | { kind?: undefined; reason: string } {
  const head = Buffer.from(bytes.subarray(0, 1024));
  const hex = head.toString("hex");
  const type = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (hex.startsWith("504b0304") || hex.startsWith("504b0506")) return archive(bytes, type, name);
  const format = OTHER_FORMATS.find(([magic]) => hex.startsWith(magic));
  if (format) return { reason: `It is ${format[1]}, and ${READ_FORMATS} can be read.` };
  if (/^[^<]*%PDF-\d/.test(head.toString("latin1"))) return { kind: "pdf" };
  if (looksBinary(bytes)) return { reason: `It is binary data, not ${READ_FORMATS}.` };
  if (type === "application/pdf" || type === DOCX)
    return { reason: `It is named as a ${type === DOCX ? "Word document" : "PDF"}, but its content is not one.` };
  if (
    /html/.test(type) ||
    /^\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head|body)\b/i.test(head.toString("latin1"))
  )
    return { kind: "html" };
  if (/^(?:text|application)\/(?:csv|tab-separated-values)$/.test(type) || /\.(?:csv|tsv)$/i.test(name))
    return { kind: "csv" };
  if (/markdown/.test(type) || /\.(?:md|markdown)$/i.test(name)) return { kind: "markdown" };
  return { kind: "text" };
}

/** Whether bytes hold what no text holds: NUL or many control characters, unless they are UTF-16. */
function looksBinary(bytes: Uint8Array): boolean {
  if (markOf(bytes)?.startsWith("utf-16") || unmarkedUtf16(bytes)) return false;
  const sample = bytes.subarray(0, 65_536);
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) return true;
    if ((byte < 32 && (byte < 9 || byte > 13) && byte !== 27) || byte === 127) controls++;
  }
  return controls > Math.max(2, sample.length / 100);
}

/** A Word document is an archive. Its names are at the beginning and the end; of a large one only the beginning may be here. */
function archive(bytes: Uint8Array, type: string, name: string): ReturnType<typeof kindOf> {
  const names = Buffer.concat([bytes.subarray(0, 65_536), bytes.subarray(-65_536)]).toString("latin1");
  const other = ARCHIVES.find(([mark]) => names.includes(mark));
  if (names.includes("word/")) return { kind: "docx" };
  if (other) return { reason: `It is ${other[1]}.` };
  if (type === DOCX || /\.docx$/i.test(name)) return { kind: "docx" };
  return { reason: `It is a ZIP archive, not ${READ_FORMATS}: unpack it.` };
}

function typeByName(name: string): string | undefined {
  return TYPES[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ""];
}
