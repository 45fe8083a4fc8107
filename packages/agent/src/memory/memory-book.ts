import type { AuditTrail } from "@vibewriter/backbone";
import type { AuditEntry } from "../audit/entry.js";
import type { AgentMemories } from "./agent-memories.js";
import { bytesOf, infoOf, type MemoryInfo, type MemoryVersion, memoryPath, type ProposedMemory } from "./entry.js";
import type { FoundMemory } from "./memory-index.js";

/** An entry as it is shown: its text, or that it is none. */
export interface ShownMemory extends MemoryInfo {
  readonly text?: string;
}

/** What a person does with the memory of their agents. What they write is theirs, and needs nobody's leave; the audit of the agent hears of it. */
export class MemoryBook {
  readonly #agents: Pick<AgentMemories, "of">;
  readonly #trail: Pick<AuditTrail, "record">;

  constructor(agents: Pick<AgentMemories, "of">, trail: Pick<AuditTrail, "record">) {
    this.#agents = agents;
    this.#trail = trail;
  }

  list(agent: string): Promise<MemoryInfo[]> {
    return this.#agents.of(agent).memories.list();
  }

  /** @throws AgentError `memory_not_found`, `invalid_memory` */
  async show(agent: string, path: string, version?: number): Promise<ShownMemory> {
    const name = memoryPath(path);
    const { memories } = this.#agents.of(agent);
    const { entry, version: found } = await memories.get(name, version);
    const info = infoOf(name, found, entry);
    return entry.encoding === undefined ? { ...info, text: bytesOf(entry).toString() } : info;
  }

  /** @throws AgentError `invalid_memory`, `memory_too_large`, `memory_changed` */
  async set(agent: string, path: string, text: string, o: { expected?: number } = {}): Promise<MemoryInfo> {
    const { memories } = this.#agents.of(agent);
    return this.#written(agent, await memories.set(memoryPath(path), Buffer.from(text), { ...PERSON, ...o }));
  }

  /** @throws AgentError `invalid_memory`, `memory_not_found`, `memory_changed` */
  async remove(agent: string, path: string, o: { expected?: number } = {}): Promise<void> {
    const name = memoryPath(path);
    await this.#agents.of(agent).memories.remove(name, o);
    this.#tell(agent, { event: "deleted", path: `/memories/${name}` });
  }

  /** @throws AgentError `invalid_memory`, `memory_not_found` */
  history(agent: string, path: string): Promise<MemoryVersion[]> {
    return this.#agents.of(agent).memories.history(memoryPath(path));
  }

  /** @throws AgentError `invalid_memory`, `memory_not_found` */
  async restore(agent: string, path: string, version: number): Promise<MemoryInfo> {
    const { memories } = this.#agents.of(agent);
    return this.#written(agent, await memories.restore(memoryPath(path), version, PERSON));
  }

  search(agent: string, query: string, limit: number): Promise<FoundMemory[]> {
    return this.#agents.of(agent).memories.search(query, limit);
  }

  /** What programs have left, and waits. */
  async proposed(agent: string): Promise<(ProposedMemory & { text: string })[]> {
    const { proposals } = this.#agents.of(agent);
    const all = await Promise.all((await proposals.list()).map(({ id }) => proposals.get(id)));
    return all.map(({ content, ...about }) => ({ ...about, text: content }));
  }

  /** @throws AgentError `memory_not_found`, `memory_too_large`, `memory_changed` if something else has come there since */
  async accept(agent: string, id: string): Promise<MemoryInfo> {
    const { memories, proposals } = this.#agents.of(agent);
    return this.#written(agent, await proposals.accept(id, memories));
  }

  /** @throws AgentError `memory_not_found` */
  async drop(agent: string, id: string): Promise<void> {
    const { path, sha256, size: bytes } = await this.#agents.of(agent).proposals.drop(id);
    this.#tell(agent, { event: "dropped", path: `/memories/${path}`, sha256, bytes });
  }

  #written(agent: string, info: MemoryInfo): MemoryInfo {
    const { path, sha256, size: bytes } = info;
    this.#tell(agent, { event: "written", path: `/memories/${path}`, sha256, bytes });
    return info;
  }

  #tell(
    agent: string,
    about: { event: "written" | "deleted" | "dropped"; path: string; sha256?: string; bytes?: number },
  ): void {
    const entry: AuditEntry = { kind: "memory", ...about, by: "a person" };
    this.#trail.record(agent, entry);
  }
}

const PERSON = { by: "person", writer: "a person" } as const;
