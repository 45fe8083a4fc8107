/** Bytes that are looked at to tell UTF-16 from binary data. */
const SAMPLE = 8192;

/** The encoding that a byte order mark says. */
export function markOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/**
 * UTF-16 without its mark: the spaces, digits and line ends that any text has are NULs in every second place and never in the others, and
 * what comes out has no controls.
 */
export function unmarkedUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const sample = bytes.subarray(0, SAMPLE - (SAMPLE % 2));
  const pairs = Math.floor(sample.length / 2);
  if (pairs < 4) return undefined;
  const nuls = [0, 0];
  for (let i = 0; i < 2 * pairs; i++) if (sample[i] === 0) nuls[i % 2] = (nuls[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  const encoding =
    odd > pairs / 20 && even === 0 ? "utf-16le" : even > pairs / 20 && odd === 0 ? "utf-16be" : undefined;
  if (!encoding) return undefined;
  const text = new TextDecoder(encoding).decode(sample.subarray(0, 2 * pairs));
  return strangeIn(text) <= Math.max(1, text.length / 200) ? encoding : undefined;
}

/** How many characters no text has: controls, and what stands for bytes that are no character. */
export function strangeIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isControl = code < 0x20 ? code < 9 || code > 13 : code >= 0x7f && code < 0xa0 && code !== 0x85;
    if (isControl || code === 0xfffd) count++;
  }
  return count;
}
