import { ToolMessage } from "@langchain/core/messages";
import { sha256 } from "../../src/canonical.js";
import type { MemoryEntry } from "../../src/memory/entry.js";
import { MemoryGate } from "../../src/memory/gate.js";
import { MemoryFolder } from "../../src/memory/memory-folder.js";
import { memoryGuard } from "../../src/middleware/memory-guard.js";
import { Policy } from "../../src/policy/policy.js";
import { markOf, type TaintMark } from "../../src/taint/origin.js";
import { duringCall, taintAtWork } from "../../src/taint/taint.js";

const WEB = [markOf("web", "https://evil.example/")];

/** A memory without a store, of texts by path; a deletion is a version. */
class FewMemories {
  readonly #entries = new Map<string, { version: number; entry: MemoryEntry | undefined }>();
  #newest = 0;

  put(path: string, content: string | undefined, more: Partial<MemoryEntry> = {}): number {
    const at = "2026-11-22T10:00:00Z";
    const about = { mimeType: "text/plain", created_at: at, modified_at: at, writer: "run", ...more };
    const entry =
      content === undefined ? undefined : { content, sha256: sha256(content), size: content.length, ...about };
    this.#entries.set(path, { version: ++this.#newest, entry });
    return this.#newest;
  }

  async find(path: string) {
    const { version, entry } = this.#entries.get(path) ?? {};
    return version === undefined || entry === undefined ? undefined : { version, entry };
  }

  async lastVersion(path: string) {
    return this.#entries.get(path)?.version ?? 0;
  }

  async entries() {
    return new Map();
  }

  async set(path: string, content: Uint8Array, { taint }: { taint?: TaintMark[] }) {
    return { version: this.put(path, Buffer.from(content).toString(), { taint }), size: content.length, sha256: "" };
  }

  async remove(path: string) {
    this.put(path, undefined);
  }
}

/** A guard of an agent whose person allows all that they are asked. */
function guarded(turns: readonly string[] = [], policy: Partial<Policy> = {}) {
  const memories = new FewMemories();
  const gate = new MemoryGate();
  const asked: { effectKey: string; argsHash: string }[] = [];
  const context = {
    ...{ runId: "run", scope: "run", memories, gate, taint: taintAtWork, policy: { ...Policy.parse({}), ...policy } },
    answers: { of: async (_: string, __: object, work: () => Promise<{ text: string }>) => (await work()).text },
    secrets: { find: () => undefined },
    audit: { record: () => undefined, written: async () => undefined },
    approvals: { claim: async (effect: (typeof asked)[number]) => (asked.push(effect), { state: "granted" }) },
  };
  const guard = memoryGuard({ context: context as never, turns: async () => turns });
  const folder = new MemoryFolder({ memories, gate, proposals: { keep: async () => true } } as never);
  let calls = 0;
  return {
    ...{ memories, gate, asked },
    /** A call of a file tool by an agent that has seen something. @returns whether the person was asked */
    async call(name: string, args: object, marks = WEB, status: "success" | "error" = "success") {
      const before = asked.length;
      const request = { toolCall: { id: `call-${++calls}`, name, args } } as never;
      const answer = new ToolMessage({ content: "done", tool_call_id: "x", status });
      await duringCall(marks, async () => await guard.wrapToolCall?.(request, () => answer));
      return asked.length > before;
    },
    /** What lies in the folder is brought into the memory. @returns whether it became memory */
    async write(path: string, text: string) {
      const o = { expected: 0, writer: "run", sha256: sha256(text) };
      return !("isHeldBack" in (await folder.write(path, Buffer.from(text), o)));
    },
    remove: (path: string) => folder.remove(path, { expected: 0 }),
  };
}

const write = (path: string, content: string) => ({ file_path: `/memories/${path}`, content });

describe("a person's leave to change the memory", () => {
  it("is for what is there: the same change of what is there later is asked about again", async () => {
    const { memories, asked, call, remove } = guarded();
    memories.put("a.md", "One.");
    expect(await call("delete", { file_path: "/memories/a.md" })).toBe(true);
    expect(await remove("a.md")).toBe(true);
    // Nothing is there, so nothing is done.
    expect(await call("delete", { file_path: "/memories/a.md" })).toBe(false);
    memories.put("a.md", "One.");
    await call("delete", { file_path: "/memories/a.md" });
    await call("write_file", write("b.md", "Two."));
    memories.put("b.md", "Two.");
    // It is what is there.
    expect(await call("write_file", write("b.md", "Two."))).toBe(false);
    memories.put("b.md", undefined);
    await call("write_file", write("b.md", "Two."));
    expect(new Set(asked.map(({ effectKey }) => effectKey)).size).toBe(4);
    expect(new Set(asked.map(({ argsHash }) => argsHash)).size).toBe(4);
  });

  it("is used up by the change, whoever would make it once more", async () => {
    const { call, write: bring, remove } = guarded();
    await call("write_file", write("a.md", "A."));
    expect(await bring("a.md", "A.")).toBe(true);
    await call("write_file", write("a.md", "B."));
    await call("write_file", write("a.md", "C."));
    expect(await bring("a.md", "C.")).toBe(true);
    for (const text of ["A.", "B.", "C."]) expect(await bring("a.md", text), text).toBe(false);
    await call("delete", { file_path: "/memories/a.md" });
    expect([await remove("a.md"), await remove("a.md")]).toEqual([true, false]);
  });

  it("is gone where the tool failed", async () => {
    const { gate, call } = guarded();
    const first = gate.allow("a.md", sha256("A."), []);
    await call("write_file", write("a.md", "B."), WEB, "error");
    expect(gate.leaveFor("a.md", sha256("B."))).toBeUndefined();
    expect(gate.leaveFor("a.md", sha256("A."))).toBe(first);
  });
});
