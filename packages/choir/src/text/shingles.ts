/** Words of a shingle. */
export const SHINGLE_WORDS = 5;

/**
 * The five-word shingles of a list of words in order, repeated ones too, as 53-bit hashes: exact for all practical
 * purposes (ten million of them leave a chance of one in 10^9 that a new one is taken for an old one) and small enough to
 * keep. A list of fewer than five words is one shingle.
 */
export function shinglesOf(words: readonly string[]): number[] {
  if (words.length === 0) return [];
  const shingles: number[] = [];
  for (let i = 0; i === 0 || i + SHINGLE_WORDS <= words.length; i++) {
    shingles.push(hash53(words.slice(i, i + SHINGLE_WORDS).join(" ")));
  }
  return shingles;
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
