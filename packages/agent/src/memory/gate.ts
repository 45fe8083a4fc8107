import type { TaintMark } from "../taint/origin.js";

/** What a file of the folder is to become, and what the agent had seen that made it so. */
export interface Leave {
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

  /** Gives leave for one change. @param sha256 of what the file is to hold; undefined where it is to be deleted */
  allow(path: string, sha256: string | undefined, marks: readonly TaintMark[]): Leave {
    const leave = { sha256, marks };
    this.#leaves.set(path, [...(this.#leaves.get(path) ?? []), leave]);
    return leave;
  }

  /** The change was not made, so nobody else may make it. */
  withdraw(path: string, leave: Leave): void {
    this.#leaves.set(
      path,
      (this.#leaves.get(path) ?? []).filter((other) => other !== leave),
    );
  }

  /** The change is in the memory: neither its leave nor those of the path that were given before it count any more. */
  spend(path: string, leave: Leave): void {
    const leaves = this.#leaves.get(path) ?? [];
    this.#leaves.set(path, leaves.slice(leaves.indexOf(leave) + 1));
  }

  /** The leave for exactly this; undefined if there is none. */
  leaveFor(path: string, sha256: string | undefined): Leave | undefined {
    return this.#leaves.get(path)?.findLast((leave) => leave.sha256 === sha256);
  }
}
