const [UNKNOWN, BREAK, LETTER, ALONE] = [0, 1, 2, 3] as const;

/** A word by its offsets in the text. */
export type EachWord = (start: number, end: number, isAscii: boolean) => void;

/**
 * Cuts text into words as the expression `[alone]|[letters]+` would, ten times as fast: what kind each character is, is looked up once.
 * (With the classes of Unicode in it, that expression looks at each character several times over.)
 */
export class WordScanner {
  readonly #letter: RegExp;
  readonly #alone: RegExp;
  readonly #kinds = new Uint8Array(1 << 16);
  /** Of characters that take two units. */
  readonly #others = new Map<number, number>();

  /** @param classes what stands between brackets in an expression: characters that make words, and those that each are one whatever else they are */
  constructor(classes: { letters: string; alone: string }) {
    this.#letter = new RegExp(`^[${classes.letters}]$`, "u");
    this.#alone = new RegExp(`^[${classes.alone}]$`, "u");
  }

  /** Calls back with each word, in order. */
  scan(text: string, each: EachWord): void {
    let start = -1;
    let isAscii = true;
    for (let i = 0; i < text.length; ) {
      const unit = text.charCodeAt(i);
      const point = isSurrogate(unit) ? (text.codePointAt(i) ?? unit) : unit;
      const end = i + (point > 0xffff ? 2 : 1);
      const kind = this.#kindOf(point);
      if (kind === LETTER) {
        if (start < 0) {
          start = i;
          isAscii = true;
        }
        if (point > 0x7f) isAscii = false;
      } else {
        if (start >= 0) each(start, i, isAscii);
        start = -1;
        if (kind === ALONE) each(i, end, false);
      }
      i = end;
    }
    if (start >= 0) each(start, text.length, isAscii);
  }

  #kindOf(point: number): number {
    const known = point > 0xffff ? this.#others.get(point) : this.#kinds[point];
    if (known !== undefined && known !== UNKNOWN) return known;
    const character = String.fromCodePoint(point);
    const kind = this.#alone.test(character) ? ALONE : this.#letter.test(character) ? LETTER : BREAK;
    if (point > 0xffff) this.#others.set(point, kind);
    else this.#kinds[point] = kind;
    return kind;
  }
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
