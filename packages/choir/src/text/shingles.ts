import { words } from "./words.js";

const LENGTH = 5;

/**
 * The distinct five-word shingles of a passage as 53-bit hashes: exact for all practical purposes (ten million of them
 * leave a chance of one in 10^9 that a new one is taken for an old one) and small enough to keep. A passage of fewer
 * than five words is one shingle.
 */
export function shinglesOf(text: string): number[] {
  const list = words(text);
  if (list.length === 0) return [];
  const shingles = new Set<number>();
  for (let i = 0; i === 0 || i + LENGTH <= list.length; i++) {
    shingles.add(hash53(list.slice(i, i + LENGTH).join(" ")));
  }
  return [...shingles];
}

/** cyrb53 (public domain): two multiply-xor lanes, 53 bits so that the result is an exact JavaScript integer. */
function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
