import type { TaintMark } from "../taint/origin.js";

/** What a file of the folder is to become, and what the agent had seen that made it so. */
export interface Leave {
  /** Of the content; undefined: it is deleted. */
  readonly sha256: string | undefined;
  /** What was there when leave was given, and is to be there still; 0 for nothing. */
  readonly version: number;
  readonly marks: readonly TaintMark[];
}

/**
 * Which changes of `/memories` are an agent's own, made with its file tools, and, where it had seen anything from outside, with a person's word. All
 * others were made by programs, which nobody has asked what they write.
 */
export class MemoryGate {
  readonly #leaves = new Map<string, Leave[]>();

  /**
   * Gives leave for one change.
   * @param leave.sha256 of what the file is to hold; undefined where it is to be deleted
   * @param leave.version what it is to replace; 0 for nothing
   */
  allow(path: string, leave: Leave): Leave {
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

  /** The leave for exactly this, over exactly that version; undefined if there is none. What has come there since nobody has looked at. */
  leaveFor(path: string, sha256: string | undefined, version: number): Leave | undefined {
    return this.#leaves.get(path)?.findLast((leave) => leave.sha256 === sha256 && leave.version === version);
  }
}
