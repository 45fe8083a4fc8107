import { BackboneError } from "../errors.js";
import { formsOf } from "./forms.js";
import { keyWords, lineOf } from "./key-scanner.js";
import { type Hit, type Needle, Needles } from "./needles.js";
import { findKey } from "./patterns.js";

/** Below this a value would be found in ordinary text. */
const SHORTEST = 8;
/** A place and a name are told once. */
const MOST_TOLD = 10_000;

export interface SecretsOptions {
  /** Told when a secret was kept out: its name or kind, and where it was about to go. Once for each pair. */
  onFound?: (found: { name: string; where: string }) => void;
}

/**
 * What must not be written down. A registered value, in any of the forms that messages give it, becomes the reference
 * `secret://<name>`; what is written as only a key is (Anthropic's, AWS', a PEM private key, ...) becomes
 * `[redacted <kind>]`. Everything that this package stores on NATS goes through it, and so can whatever else keeps text.
 */
export class Secrets {
  readonly #onFound: SecretsOptions["onFound"];
  readonly #registered = new Map<string, { name: string; value: string; count: number }>();
  readonly #told = new Set<string>();
  #needles = new Needles<string>([]);
  /** The same in small letters, once somebody has asked for them. */
  #lowered: Needles<string> | undefined;

  constructor(o: SecretsOptions = {}) {
    this.#onFound = o.onFound;
  }

  /**
   * Keeps a value out of everything from now on, until the handle is disposed of as often as it was registered. A value
   * below 8 characters is not kept out of anything: it would be found in ordinary text.
   * @throws BackboneError `invalid` for a name that is not letters, digits, `.`, `_` and `-`
   */
  register(name: string, value: string): Disposable {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
      throw new BackboneError("invalid", `"${name}" cannot name a secret: use letters, digits, ".", "_" and "-" only.`);
    }
    if (value.length < SHORTEST) return { [Symbol.dispose]: () => undefined };
    const id = JSON.stringify([name, value]);
    const entry = this.#registered.get(id) ?? { name, value, count: 0 };
    entry.count += 1;
    this.#registered.set(id, entry);
    if (entry.count === 1) this.#build();
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.count -= 1;
        if (entry.count > 0) return;
        this.#registered.delete(id);
        this.#build();
      },
    };
  }

  /** The text, or the bytes, without secrets: the very same if there are none. `where` is for the report. */
  screen<T extends string | Uint8Array>(content: T, where?: string): T;
  screen(content: string | Uint8Array, where = ""): string | Uint8Array {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const withoutValues = this.#replace(bytes, where, (from, b) => this.#needles.find(b, from), reference);
    const screened = this.#replace(withoutValues, where, (from, b) => findKey(b, from), redaction);
    if (screened === bytes) return content;
    return typeof content === "string" ? Buffer.from(screened).toString() : screened;
  }

  /**
   * The first secret in a text: in words, the name of a registered one or the kind of any other, and the line that it is on.
   * @param o.anyCase finds registered ones in small and capital letters alike, for texts in which they are the same, such as names of hosts
   */
  find(text: string, o: { anyCase?: boolean } = {}): { what: string; line: number } | undefined {
    const bytes = Buffer.from(text);
    const registered = o.anyCase
      ? this.#inSmallLetters().find(Buffer.from(text.toLowerCase()))
      : this.#needles.find(bytes);
    if (registered) return { what: `the secret ${registered.means}`, line: lineOf(bytes, registered) };
    const key = findKey(bytes);
    return key && { what: keyWords(key.means), line: lineOf(bytes, key) };
  }

  /** Looks for registered secrets in content that comes in pieces, also across their edges. */
  scanner(): SecretScanner {
    return new SecretScanner(() => this.#needles);
  }

  #build(): void {
    this.#needles = new Needles(this.#forms());
    this.#lowered = undefined;
  }

  #inSmallLetters(): Needles<string> {
    this.#lowered ??= new Needles(
      this.#forms().map(({ bytes, means }) => ({
        bytes: Buffer.from(Buffer.from(bytes).toString().toLowerCase()),
        means,
      })),
    );
    return this.#lowered;
  }

  #forms(): Needle<string>[] {
    const all = [...this.#registered.values()];
    return all.flatMap(({ name, value }) => formsOf(value).map((bytes) => ({ bytes, means: name })));
  }

  #replace(
    bytes: Uint8Array,
    where: string,
    find: (from: number, bytes: Uint8Array) => Hit<string> | undefined,
    replacement: (name: string) => string,
  ): Uint8Array {
    const pieces: Uint8Array[] = [];
    let done = 0;
    for (let hit = find(0, bytes); hit; hit = find(done, bytes)) {
      pieces.push(bytes.subarray(done, hit.start), Buffer.from(replacement(hit.means)));
      done = hit.end;
      this.#tell(hit.means, where);
    }
    return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(done)]);
  }

  #tell(name: string, where: string): void {
    const id = `${name} ${where}`;
    if (this.#told.has(id) || this.#told.size === MOST_TOLD) return;
    this.#told.add(id);
    this.#onFound?.({ name, where });
  }
}

/** See {@link Secrets.scanner}. */
export class SecretScanner {
  readonly #needles: () => Needles<string>;
  #tail: Uint8Array = new Uint8Array();

  constructor(needles: () => Needles<string>) {
    this.#needles = needles;
  }

  /** The name of a secret that this piece, with the end of the one before it, holds. */
  push(piece: Uint8Array): string | undefined {
    const needles = this.#needles();
    const reach = Math.max(0, needles.longest - 1);
    const seam = Buffer.concat([this.#tail, piece.subarray(0, reach)]);
    const found = needles.find(seam) ?? needles.find(piece);
    const both = piece.length >= reach ? piece : Buffer.concat([this.#tail, piece]);
    this.#tail = both.slice(Math.max(0, both.length - reach));
    return found?.means;
  }
}

function reference(name: string): string {
  return `secret://${name}`;
}

function redaction(kind: string): string {
  return `[redacted ${kind}]`;
}
