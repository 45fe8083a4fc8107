import { Transform, type TransformCallback } from "node:stream";

const star = "*".charCodeAt(0);

/**
 * The credentials of this host in every form in which they might turn up in what passes: as they are, without the word in front
 * (`Bearer `), percent-encoded, and in base64.
 */
export class Secrets {
  readonly #forms: readonly Buffer[];

  constructor(values: readonly string[]) {
    const forms = new Set<string>();
    for (const value of values) {
      for (const form of [value, value.slice(value.lastIndexOf(" ") + 1)]) {
        forms.add(form).add(encodeURIComponent(form)).add(base64(form));
      }
    }
    // The longest first, so that no part of it is left when a shorter one was starred out.
    this.#forms = [...forms].sort((a, b) => b.length - a.length).map((form) => Buffer.from(form, "latin1"));
  }

  isIn(text: string): boolean {
    const bytes = Buffer.from(text, "latin1");
    return this.#forms.some((form) => bytes.includes(form));
  }

  /** `text` with stars in the place of what is secret. */
  redacted(text: string): string {
    const bytes = Buffer.from(text, "latin1");
    this.#redact(bytes);
    return bytes.toString("latin1");
  }

  /**
   * Passes a stream on, also where a credential is cut in two by the chunks; one that is found is starred out, or is an error.
   * @param onFound makes the error; absent: stars
   */
  filter(onFound?: () => Error): Transform {
    let held = Buffer.alloc(0);
    const transform = (chunk: Buffer, _: BufferEncoding, done: TransformCallback) => {
      // A copy: what is starred out here may still be somebody else's.
      const bytes = Buffer.concat([held, chunk]);
      if (this.#redact(bytes) && onFound) return done(onFound());
      const keep = this.#beginningAtEnd(bytes);
      held = bytes.subarray(bytes.length - keep);
      done(null, bytes.subarray(0, bytes.length - keep));
    };
    return new Transform({ transform, flush: (done) => done(null, held) });
  }

  #redact(bytes: Buffer): boolean {
    let isFound = false;
    for (const form of this.#forms) {
      for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length)) {
        bytes.fill(star, at, at + form.length);
        isFound = true;
      }
    }
    return isFound;
  }

  /** How many bytes at the end may be the beginning of a credential. */
  #beginningAtEnd(bytes: Buffer): number {
    let longest = 0;
    for (const form of this.#forms) {
      for (let size = Math.min(form.length - 1, bytes.length); size > longest; size--) {
        if (bytes.subarray(bytes.length - size).equals(form.subarray(0, size))) longest = size;
      }
    }
    return longest;
  }
}

/** Without the padding: a credential in the middle of something longer has none. */
function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64").replace(/=+$/, "").slice(0, -1);
}
