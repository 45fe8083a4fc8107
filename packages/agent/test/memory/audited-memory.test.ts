import { auditedTree } from "../../src/audit/audited-tree.js";
import type { AuditEntry } from "../../src/audit/entry.js";
import type { FileTree } from "../../src/files/file-tree.js";
import type { AgentMemories, AgentMemory } from "../../src/memory/agent-memories.js";
import type { MemoryInfo } from "../../src/memory/entry.js";
import { MemoryBook } from "../../src/memory/memory-book.js";

/** A tree that takes what it is given, and holds back what its `held` names. */
function treeOf(held: string): FileTree {
  return {
    files: async () => new Map(),
    read: async function* () {
      yield Buffer.from("hi");
    },
    write: async (path, _, { sha256 }) => {
      return { file: { sha256, version: 1, size: 2 }, isConflict: false, isHeldBack: path === held };
    },
    remove: async () => true,
    nameOf: (path) => path,
  };
}

test("what a sandbox changes of the memory is in the audit as memory, and its other files as files", async () => {
  const told: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void told.push(entry) };
  const write = { expected: 0, writer: "r", sha256: "0a" };
  for (const root of ["/memories", "/artifacts"]) {
    const tree = auditedTree(treeOf("left.md"), root, audit);
    await tree.write("a.md", Buffer.from("hi"), write);
    await tree.remove("a.md", { expected: 1, writer: "r" });
  }
  await auditedTree(treeOf("left.md"), "/memories", audit).write("left.md", Buffer.from("hi"), write);
  expect(told).toEqual([
    { kind: "memory", event: "written", path: "/memories/a.md", sha256: "0a", bytes: 2, by: "the agent" },
    { kind: "memory", event: "deleted", path: "/memories/a.md", by: "the agent" },
    { kind: "file", event: "written", path: "/artifacts/a.md", sha256: "0a", bytes: 2 },
    { kind: "file", event: "deleted", path: "/artifacts/a.md" },
    { kind: "memory", event: "refused", path: "/memories/left.md", sha256: "0a", by: "a program in the VM" },
  ]);
});

test("what a person changes of the memory is in the audit of the agent", async () => {
  const told: [string, object][] = [];
  const at = "2026-01-01T00:00:00.000Z";
  const infoOf = (path: string): MemoryInfo => {
    return {
      path,
      version: 1,
      size: 2,
      sha256: "0a",
      by: "person",
      writer: "a person",
      taint: [],
      createdAt: at,
      modifiedAt: at,
    };
  };
  const memories = {
    set: async (path: string) => infoOf(path),
    restore: async (path: string) => infoOf(path),
    remove: async () => undefined,
  };
  const memory = {
    memories,
    proposals: { accept: async () => infoOf("left.md"), drop: async () => infoOf("no.md") },
  } as unknown as AgentMemory;
  const agents: Pick<AgentMemories, "of"> = { of: () => memory };
  const book = new MemoryBook(agents, { record: (agent, entry) => void told.push([agent, entry]) });
  await book.set("lab", "facts.md", "hi");
  await book.restore("lab", "/memories/facts.md", 1);
  await book.remove("lab", "facts.md");
  await book.accept("lab", "0123");
  await book.drop("lab", "4567");
  await expect(book.set("lab", "../x", "hi")).rejects.toMatchObject({ code: "invalid_memory" });
  const written = { kind: "memory", event: "written", sha256: "0a", bytes: 2, by: "a person" };
  expect(told).toEqual([
    ["lab", { ...written, path: "/memories/facts.md" }],
    ["lab", { ...written, path: "/memories/facts.md" }],
    ["lab", { kind: "memory", event: "deleted", path: "/memories/facts.md", by: "a person" }],
    ["lab", { ...written, path: "/memories/left.md" }],
    ["lab", { ...written, event: "dropped", path: "/memories/no.md" }],
  ]);
});
