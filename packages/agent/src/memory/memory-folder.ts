import { AgentError } from "../errors.js";
import type { FileContent, FileTree, TreeFile, TreeWrite } from "../files/file-tree.js";
import { FileRefused } from "../files/sandbox-files.js";
import { bytesOf, isMemoryPath, LARGEST_ENTRY, PATH_RULE } from "./entry.js";
import type { MemoryGate } from "./gate.js";
import type { Memories } from "./memories.js";
import type { MemoryProposals } from "./proposals.js";

const TOO_LARGE = "memory is text of at most 1 MiB a file; keep it in /artifacts";

/**
 * `/memories` of one run: long-term memory has one home, the agent's store, and the folder shows it to its commands. What changes in the folder
 * becomes memory where the gate knows of it, and is a proposal where it does not, or where something else is there by now.
 */
export class MemoryFolder implements FileTree {
  readonly #memories: Memories;
  readonly #proposals: MemoryProposals;
  readonly #gate: Pick<MemoryGate, "leaveFor" | "spend">;

  constructor(o: { memories: Memories; proposals: MemoryProposals; gate: Pick<MemoryGate, "leaveFor" | "spend"> }) {
    this.#memories = o.memories;
    this.#proposals = o.proposals;
    this.#gate = o.gate;
  }

  async files(): Promise<ReadonlyMap<string, TreeFile>> {
    const entries = await this.#memories.entries();
    return new Map(
      [...entries].map(([path, { version, entry }]) => {
        const { sha256, size, writer } = entry;
        return [path, { sha256, size, version, writer }];
      }),
    );
  }

  async *read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const known = await this.#memories.find(path);
    if (known === undefined) throw new FileRefused(`/memories/${path} is not in the store any more`);
    yield bytesOf(known.entry);
  }

  async write(path: string, content: FileContent, o: TreeWrite) {
    if (!(content instanceof Uint8Array) || content.length > LARGEST_ENTRY) throw new FileRefused(TOO_LARGE);
    if (!isMemoryPath(path)) throw new FileRefused(PATH_RULE);
    const leave = this.#gate.leaveFor(path, o.sha256, o.expected);
    if (leave === undefined) return await this.#propose(path, content, o);
    try {
      const write = { by: "agent" as const, writer: o.writer, taint: leave.marks, expected: o.expected };
      const { version, size, sha256 } = await this.#memories.set(path, content, write);
      this.#gate.spend(path, leave);
      return { file: { sha256, size, version, writer: o.writer }, isConflict: false };
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      if (error.code !== "memory_changed") throw new FileRefused(error.message, { cause: error });
      // Somebody was faster. It is still in the sandbox, and as nobody has allowed it over theirs, the next synchronisation sets it aside.
      return { file: await this.#fileNow(path), isConflict: true };
    }
  }

  async remove(path: string, o: { expected: number }): Promise<boolean> {
    const leave = this.#gate.leaveFor(path, undefined, o.expected);
    if (leave === undefined) return false;
    try {
      await this.#memories.remove(path, o);
      this.#gate.spend(path, leave);
      return true;
    } catch (error) {
      if (error instanceof AgentError && error.code === "memory_changed") return false;
      throw error;
    }
  }

  nameOf(path: string, version: number): string {
    return `vibewriter memory show ${path}@${version}`;
  }

  async #propose(path: string, content: Uint8Array, o: TreeWrite) {
    if (Buffer.from(Buffer.from(content).toString("utf8")).compare(content) !== 0) {
      throw new FileRefused("a program left it there, and what it holds is no text that a person could look at");
    }
    if (!(await this.#proposals.keep(path, content, { run: o.writer, version: o.expected }))) {
      throw new FileRefused("a program left it there, and more waits for a person already than is kept");
    }
    return { file: await this.#fileNow(path), isConflict: false, isHeldBack: true };
  }

  async #fileNow(path: string): Promise<TreeFile> {
    return (await this.files()).get(path) ?? { sha256: "", size: 0, version: 0 };
  }
}
