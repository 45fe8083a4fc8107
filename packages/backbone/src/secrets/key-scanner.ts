import { findKey } from "./patterns.js";

/** Bytes of what came before that a key may reach back into: more than twice what is looked at on each side of its anchor. */
const REACH = 8 * 1024;
/** Nearer than this to the end of what has come, a key may turn out to be the beginning of something longer. */
const OPEN_END = 64;
const NEWLINE = 0x0a;

/** A key in a content. */
export interface FoundKey {
  /** What it is written like: `GitHub token`, `private key`. */
  readonly kind: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Looks for what can only be a key in content that comes in pieces, also across their edges; it keeps a few KiB of them. */
export class KeyScanner {
  /** The end of what has come; a key in it that could be told has been told. */
  #tail: Uint8Array = new Uint8Array();
  /** True once something came before the tail. */
  #isCut = false;
  /** The line that the tail begins in. */
  #line = 1;

  /** The first key that is whole by now. */
  push(piece: Uint8Array): FoundKey | undefined {
    const window = Buffer.concat([this.#tail, piece]);
    const found = this.#find(window, window.length - OPEN_END);
    const dropped = Math.max(0, window.length - REACH);
    this.#isCut ||= dropped > 0;
    this.#line += newlines(window.subarray(0, dropped));
    this.#tail = Buffer.from(window.subarray(dropped));
    return found;
  }

  /** A key that the content ends with. */
  end(): FoundKey | undefined {
    return this.#find(this.#tail, this.#tail.length);
  }

  #find(window: Uint8Array, upTo: number): FoundKey | undefined {
    for (let hit = findKey(window); hit; hit = findKey(window, hit.end)) {
      // What the window cuts in two was whole in the one before, or will be in the next. A private key is one from its first lines on.
      const isWhole = (hit.start > 0 || !this.#isCut) && (hit.end <= upTo || hit.means === "private key");
      if (isWhole) return { kind: hit.means, line: this.#line - 1 + lineOf(window, hit) };
    }
    return undefined;
  }
}

/** In the middle of a sentence; it says what it is, and not what it says. */
export function keyWords(kind: string): string {
  return `what can only be a key (${kind})`;
}

/** The line on which something begins, from 1. */
export function lineOf(bytes: Uint8Array, { start }: { start: number }): number {
  return 1 + newlines(bytes.subarray(0, start));
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count += 1;
  return count;
}
