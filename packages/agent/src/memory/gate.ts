import type { TaintMark } from "../taint/origin.js";

/** What a file of the folder is to become, and what the agent had seen that made it so. */
interface Leave {
  /** Of the content; undefined: it is deleted. */
  readonly sha256: string | undefined;
  readonly marks: readonly TaintMark[];
}

/**
 * Which changes of `/memories` are an agent's own, made with its file tools, and, where it had seen anything from outside, with a person's word. All
 * others were made by programs, which nobody has asked what they write.
 */
export class MemoryGate {
  readonly #leaves = new Map<string, Leave[]>();

  /** @param sha256 of what the file is to hold; undefined where it is to be deleted */
  allow(path: string, sha256: string | undefined, marks: readonly TaintMark[]): void {
    this.#leaves.set(path, [...(this.#leaves.get(path) ?? []), { sha256, marks }]);
  }

  /** The leave for exactly this; undefined if there is none. */
  leaveFor(path: string, sha256: string | undefined): Leave | undefined {
    return this.#leaves.get(path)?.findLast((leave) => leave.sha256 === sha256);
  }
}
