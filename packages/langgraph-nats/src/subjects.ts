import { createHash } from "node:crypto";

/** The stream that holds every agent's checkpoints, and the bucket for their large values. */
export const STREAM = "VIBEWRITER_STATE";
export const BUCKET = "VIBEWRITER_STATE";
export const PREFIX = "vibewriter.state";

const LONGEST_TOKEN = 96;

/** Where the state of one thread and namespace lives:
 * `vibewriter.state.<agent>.<thread>.<ns>.{cp | w.<checkpoint>.<task> | b.<hash> | o.<hash>}`. */
export class Scope {
  readonly #base: string;

  constructor(
    readonly agent: string,
    readonly thread: string,
    readonly namespace: string,
  ) {
    this.#base = `${threadSubject(agent, thread)}.${token(namespace)}`;
  }

  /** All checkpoints of the namespace, one after the other: the log whose end every writer competes for. */
  get checkpoints(): string {
    return `${this.#base}.cp`;
  }

  /** What one task has written on top of one checkpoint. */
  writes(checkpoint: string, task: string): string {
    return `${this.#base}.w.${token(checkpoint)}.${token(task)}`;
  }

  /** What all tasks have written on top of one checkpoint. */
  allWrites(checkpoint: string): string {
    return `${this.#base}.w.${token(checkpoint)}.*`;
  }

  /** A piece of a value, by the hash of its content. */
  blob(hash: string): string {
    return `${this.#base}.b.${hash}`;
  }

  /** All pieces that have messages of their own. */
  get allBlobs(): string {
    return `${this.#base}.b.*`;
  }

  /** The notes of all large pieces. */
  get allObjectNotes(): string {
    return `${this.#base}.o.*`;
  }

  /** What tasks have written on top of all checkpoints. */
  get everyWrite(): string {
    return `${this.#base}.w.*.*`;
  }

  /** The note that a large piece exists in the object store, so that deleting the thread finds it. */
  objectNote(hash: string): string {
    return `${this.#base}.o.${hash}`;
  }

  /** The name of a large piece in the object store. */
  objectName(hash: string): string {
    return objectName(this.#base, hash);
  }
}

/** Everything of one thread of an agent lies under this subject. */
export function threadSubject(agent: string, thread: string): string {
  return `${PREFIX}.${token(agent)}.${token(thread)}`;
}

/** Matches the checkpoint logs of an agent, of one thread or namespace or of all. */
export function checkpointLogs(agent: string, thread: string | undefined, namespace: string | undefined): string {
  const part = (text: string | undefined) => (text === undefined ? "*" : token(text));
  return `${PREFIX}.${token(agent)}.${part(thread)}.${part(namespace)}.cp`;
}

/** Matches the notes of all large pieces of a thread. */
export function objectNotes(agent: string, thread: string): string {
  return `${threadSubject(agent, thread)}.*.o.*`;
}

/** The object that a note (see `Scope.objectNote`) speaks of. */
export function notedObject(noteSubject: string): string {
  const at = noteSubject.lastIndexOf(".o.");
  return objectName(noteSubject.slice(0, at), noteSubject.slice(at + 3));
}

/** One subject token for any text, different texts giving different tokens: letters, digits, `_` and `-` stand for themselves,
 * every other byte of the UTF-8 form becomes `=hh`, nothing becomes `=`, and what is too long (or no well-formed
 * text) becomes `==` and its hash. */
export function token(text: string): string {
  if (text === "") return "=";
  const wellFormed = !/\p{Surrogate}/u.test(text);
  if (wellFormed && text.length <= LONGEST_TOKEN) {
    const encoded = text.replace(/[^A-Za-z0-9_-]+/gu, (odd) =>
      Array.from(Buffer.from(odd, "utf8"), (byte) => `=${byte.toString(16).padStart(2, "0")}`).join(""),
    );
    if (encoded.length <= LONGEST_TOKEN) return encoded;
  }
  return `==${createHash("sha256").update(Buffer.from(text, "utf16le")).digest("base64url")}`;
}

function objectName(base: string, hash: string): string {
  return `${base.slice(PREFIX.length + 1).replaceAll(".", "/")}/${hash}`;
}
