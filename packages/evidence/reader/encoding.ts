import { analyse } from "chardet";
import { markOf, strangeIn, unmarkedUtf16 } from "../src/sources/encoding.js";
import { ReaderFailure } from "./failure.js";

/** Bytes beyond ASCII that statistics look at: more of them say nothing new. */
const SAMPLE = 64 * 1024;
/** Valid UTF-8 sequences that no text in another encoding has by chance. */
const CERTAIN = 3;

/**
 * Decodes text: by its byte order mark, by the declared charset unless the bytes contradict it, as UTF-8 if it is valid UTF-8, else by
 * statistics, and as Windows-1252 if they know nothing.
 * @throws ReaderFailure if what comes out is not text
 */
export function decode(bytes: Uint8Array, charset?: string): string {
  const text = decodeAs(bytes, encodingOf(bytes, charset));
  if (strangeIn(text) > Math.max(2, text.length / 50))
    throw new ReaderFailure("unsupported", "It is not text in any encoding this reader knows.");
  return text;
}

/** The charset parameter of a media type. */
export function charsetOf(mediaType: string): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(mediaType)?.[1];
}

/** The name of an encoding as `TextDecoder` knows it. */
function encodingOf(bytes: Uint8Array, charset: string | undefined): string {
  const mark = markOf(bytes);
  if (mark) return mark;
  const utf16 = unmarkedUtf16(bytes);
  const declared = known(charset);
  // What a page says about UTF-16 in ASCII is wrong by being readable.
  if (utf16 && (declared === undefined || !/^utf-16/.test(declared))) return utf16;
  if (declared && !(/^utf-16/.test(declared) && !utf16 && !hasNul(bytes))) {
    const sequences = utf8Sequences(bytes);
    if (declared === "utf-8" && sequences !== undefined) return "utf-8";
    if (declared !== "utf-8" && !(isSingleByte(declared) && (sequences ?? 0) >= CERTAIN)) return declared;
    if (declared !== "utf-8") return "utf-8";
    return byStatistics(bytes);
  }
  return utf8Sequences(bytes) === undefined || hasEscapes(bytes) ? byStatistics(bytes) : "utf-8";
}

/** How many characters beyond ASCII the bytes have as UTF-8; undefined if they are not UTF-8. A cut last character does not count. */
function utf8Sequences(bytes: Uint8Array): number | undefined {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) continue;
    const length = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    if (length === 0 || byte >= 0xf5) return undefined;
    for (let n = 1; n <= length; n++) {
      if (i + n >= bytes.length) return count;
      if (((bytes[i + n] ?? 0) & 0xc0) !== 0x80) return undefined;
    }
    i += length;
    count++;
  }
  return count;
}

/** Languages have their letters in their own order and number; encodings are told apart by that. */
function byStatistics(bytes: Uint8Array): string {
  for (const { name } of analyse(sampleOf(bytes))) {
    const found = known(name);
    if (found && !/^utf-(?:8|16|32)/.test(found)) return found;
  }
  return "windows-1252";
}

/** Words with bytes beyond ASCII in them, and the white space between: tags and addresses would make every page English. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (hasEscapes(bytes)) return bytes.subarray(0, SAMPLE);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16 * SAMPLE)).toString("latin1");
  const bare = text.replace(/<(?:script|style)\b[\s\S]*?<\/(?:script|style)>|<[^>]*>/gi, " ").replace(/\s+/g, " ");
  const words = bare.split(" ").filter((word) => /[\u0080-\u00ff]/.test(word));
  const sample = words.join(" ").slice(0, SAMPLE);
  return Buffer.from(sample, "latin1");
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return encoding === "windows-1252" ? windows1252(bytes) : new TextDecoder(encoding).decode(bytes);
}

const HIGH_CONTROLS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Some releases of Node decode Windows-1252 as if it were Latin-1, and make controls of quotation marks. */
function windows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin1.replace(/[\u0080-\u009f]/g, (char) => HIGH_CONTROLS[char.charCodeAt(0) - 0x80] ?? char);
}

function known(charset: string | undefined): string | undefined {
  if (charset === undefined) return undefined;
  try {
    return new TextDecoder(charset).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isSingleByte(encoding: string): boolean {
  return /^(?:windows|iso-8859|koi8|macintosh|x-mac|ibm)/.test(encoding);
}

function hasNul(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 65_536).includes(0);
}

/** ISO-2022 switches alphabets by escapes; it has no byte beyond ASCII. */
function hasEscapes(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 65_536).includes(0x1b);
}
