/** One needle and what it stands for. */
export interface Needle<T> {
  readonly bytes: Uint8Array;
  readonly means: T;
}

/** A needle that was found: `bytes.subarray(start, end)` is it. */
export interface Hit<T> {
  readonly start: number;
  readonly end: number;
  readonly means: T;
}

/**
 * Looks for many byte strings at once, in about one step for `shortest - 1` bytes whatever their number (Wu and Manber, "A
 * fast algorithm for multi-pattern searching", 1994, with blocks of two bytes).
 */
export class Needles<T> {
  /** Of the shortest needle: nothing shorter than this can hold one. */
  readonly shortest: number;
  readonly longest: number;
  /** How far the window may move when it ends with a block of two bytes; 0 where a needle's beginning may end. */
  readonly #shift: Uint8Array;
  /** Needles by the block at which the window ends on their beginning, the longest first. */
  readonly #byBlock = new Map<number, Needle<T>[]>();

  /** Each needle has two bytes or more. */
  constructor(needles: readonly Needle<T>[]) {
    const lengths = needles.map(({ bytes }) => bytes.length);
    this.shortest = Math.min(255, ...lengths);
    this.longest = Math.max(0, ...lengths);
    this.#shift = new Uint8Array(65_536).fill(this.shortest - 1);
    for (const needle of [...needles].sort((a, b) => b.bytes.length - a.bytes.length)) this.#add(needle);
  }

  /** The first needle at or after `from`; of those that begin at one place the longest. */
  find(bytes: Uint8Array, from = 0): Hit<T> | undefined {
    if (this.#byBlock.size === 0) return undefined;
    const shift = this.#shift;
    const last = this.shortest - 1;
    for (let at = from + last; at < bytes.length; ) {
      // Both are inside of the array.
      const block = ((bytes[at - 1] as number) << 8) | (bytes[at] as number);
      const step = shift[block] as number;
      if (step > 0) {
        at += step;
        continue;
      }
      const start = at - last;
      for (const { bytes: needle, means } of this.#byBlock.get(block) ?? []) {
        if (isAt(bytes, start, needle)) return { start, end: start + needle.length, means };
      }
      at += 1;
    }
    return undefined;
  }

  #add(needle: Needle<T>): void {
    for (let end = 1; end < this.shortest; end += 1) {
      const block = ((needle.bytes[end - 1] as number) << 8) | (needle.bytes[end] as number);
      const step = this.shortest - 1 - end;
      if (step < (this.#shift[block] as number)) this.#shift[block] = step;
      if (step === 0) this.#byBlock.set(block, [...(this.#byBlock.get(block) ?? []), needle]);
    }
  }
}

function isAt(bytes: Uint8Array, start: number, needle: Uint8Array): boolean {
  if (start + needle.length > bytes.length) return false;
  for (let i = 0; i < needle.length; i += 1) if (bytes[start + i] !== needle[i]) return false;
  return true;
}
