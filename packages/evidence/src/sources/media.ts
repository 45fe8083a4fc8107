/** What a source is made of, as far as reading goes. */
export type SourceKind = "pdf" | "html" | "markdown" | "text";

const OTHER_FORMATS: [string, string][] = [
  ["504b0304", "a ZIP archive or an Office document"],
  ["d0cf11e0", "an old Office document"],
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

const TYPES: Record<string, string> = {
  pdf: "application/pdf",
  html: "text/html",
  htm: "text/html",
  xhtml: "application/xhtml+xml",
  md: "text/markdown",
  markdown: "text/markdown",
  txt: "text/plain",
  text: "text/plain",
};

/** The media type that a file's name promises; plain text for a name that promises nothing. */
export function mediaTypeOf(name: string): string {
  return TYPES[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ""] ?? "text/plain";
}

/** What bytes are, judged by themselves first and by their declared type second; undefined with a reason if they cannot be read. */
export function kindOf(
  bytes: Uint8Array,
  mediaType: string,
  name: string,
): { kind: SourceKind } | { kind?: undefined; reason: string } {
  const head = Buffer.from(bytes.subarray(0, 1024));
  const hex = head.toString("hex");
  const format = OTHER_FORMATS.find(([magic]) => hex.startsWith(magic));
  if (format) return { reason: `It is ${format[1]}, not text, HTML or PDF.` };
  if (head.includes("%PDF-")) return { kind: "pdf" };
  if (looksBinary(bytes)) return { reason: "It is binary data, not text, HTML or PDF." };
  const type = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/pdf") return { reason: "It is named as a PDF, but its content is not one." };
  if (
    /html/.test(type) ||
    /^\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head|body)\b/i.test(head.toString("latin1"))
  )
    return { kind: "html" };
  if (/markdown/.test(type) || /\.(?:md|markdown)$/i.test(name)) return { kind: "markdown" };
  return { kind: "text" };
}

/** Whether bytes hold what no text holds: NUL or many control characters, unless they are UTF-16 with its mark. */
export function looksBinary(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return false;
  const sample = bytes.subarray(0, 65_536);
  let controls = 0;
  for (const byte of sample) {
    if (byte === 0) return true;
    if ((byte < 32 && (byte < 9 || byte > 13) && byte !== 27) || byte === 127) controls++;
  }
  return controls > Math.max(2, sample.length / 100);
}
