import type { ExtractedText } from "../src/sources/extraction.js";
import { ReaderFailure } from "./failure.js";

/**
 * Decodes text: by its byte order mark, by the declared charset, as UTF-8 if it is valid UTF-8, else as Windows-1252.
 * @throws ReaderFailure if what comes out is not text
 */
export function decode(bytes: Uint8Array, charset?: string): string {
  const text = decodeAs(bytes, charset);
  const strange = (text.match(/\ufffd|\p{Cc}/gu) ?? []).filter((char) => !/\s/.test(char)).length;
  if (strange > Math.max(2, text.length / 50))
    throw new ReaderFailure("unsupported", "It is not text in any encoding this reader knows.");
  return text;
}

/** Plain text gives its text and nothing about itself. */
export function readPlain(bytes: Uint8Array, mediaType: string): ExtractedText {
  return { text: decode(bytes, charsetOf(mediaType)) };
}

/** Markdown stays as it is, without the front matter, which may give title, author and date. */
export function readMarkdown(bytes: Uint8Array, mediaType: string): ExtractedText {
  const whole = decode(bytes, charsetOf(mediaType)).replace(/\r\n?/g, "\n");
  const front = /^---\n([\s\S]*?)\n(?:---|\.\.\.)\n/.exec(whole)?.[1];
  const isFront = front?.split("\n").every((line) => /^(?:\s*$|#|\s|-\s|[\w-]+\s*:)/.test(line)) ?? false;
  const text = isFront && front !== undefined ? whole.slice(front.length + 8).replace(/^[-.\s]*\n/, "") : whole;
  const field = (name: string): string | undefined =>
    isFront ? new RegExp(`^${name}\\s*:\\s*["']?(.+?)["']?\\s*$`, "im").exec(front ?? "")?.[1] : undefined;
  const title = field("title") ?? /^#\s+(.+?)\s*#*\s*$/m.exec(text.replace(/^(```|~~~)[\s\S]*?^\1/gm, ""))?.[1];
  return { title, author: field("author"), date: field("date"), text };
}

/** The charset parameter of a media type. */
export function charsetOf(mediaType: string): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(mediaType)?.[1];
}

function decodeAs(bytes: Uint8Array, charset?: string): string {
  const mark = [...bytes.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (mark === "efbbbf") return new TextDecoder("utf-8").decode(bytes);
  if (mark.startsWith("fffe")) return new TextDecoder("utf-16le").decode(bytes);
  if (mark.startsWith("feff")) return new TextDecoder("utf-16be").decode(bytes);
  if (charset !== undefined && isKnown(charset)) {
    const decoder = new TextDecoder(charset);
    return decoder.encoding === "windows-1252" ? windows1252(bytes) : decoder.decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return windows1252(bytes);
  }
}

const HIGH_CONTROLS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Some releases of Node decode Windows-1252 as if it were Latin-1, and make controls of quotation marks. */
function windows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin1.replace(/[\u0080-\u009f]/g, (char) => HIGH_CONTROLS[char.charCodeAt(0) - 0x80] ?? char);
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
