/** Words of a shingle. */
export const SHINGLE_WORDS = 5;

/**
 * The five-word shingles of a list of words in order, repeated ones too, as 53-bit hashes: exact for all practical
 * purposes (ten million of them leave a chance of one in 10^9 that a new one is taken for an old one) and small enough to
 * keep. A list of fewer than five words is one shingle.
 */
export function shinglesOf(words: readonly string[]): number[] {
  if (words.length === 0) return [];
  const text = words.join(" ");
  const shingles: number[] = [];
  let start = 0;
  let end = -1;
  for (let i = 0; i < words.length; i++) {
    end += 1 + (words[i]?.length ?? 0);
    const first = i - SHINGLE_WORDS + 1;
    if (first < 0 && i < words.length - 1) continue;
    shingles.push(hash53(text, start, end));
    start += 1 + (words[first]?.length ?? 0);
  }
  return shingles;
}

/** cyrb53 (public domain) of a part of a text: two multiply-xor lanes, 53 bits so that the result is an exact JavaScript integer. */
function hash53(text: string, start: number, end: number): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
