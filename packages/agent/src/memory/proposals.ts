import type { NatsStore } from "@vibewriter/langgraph-nats/store";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";
import { ProposedMemory } from "./entry.js";
import type { Memories } from "./memories.js";

const NAMESPACE = ["proposed-memories"];
/** Proposals of one agent that wait for a person, and bytes of all of them: a person looks through them, and one answer has them all. */
const MOST = 200;
const MOST_BYTES = 8 * 1024 * 1024;

const Kept = ProposedMemory.extend({ content: z.string() });

/** What programs left in the folder of an agent's memory, and what else came there without leave: kept aside until a person decides. */
export class MemoryProposals {
  readonly #store: NatsStore;

  /** @param store of this agent alone; it takes secrets out of text */
  constructor(store: NatsStore) {
    this.#store = store;
  }

  /** The oldest first. */
  async list(): Promise<ProposedMemory[]> {
    const items = await this.#store.search(NAMESPACE, { limit: MOST });
    const proposals = items.flatMap(({ value }) => ProposedMemory.safeParse(value).data ?? []);
    return proposals.sort((a, b) => a.at.localeCompare(b.at));
  }

  /**
   * Keeps it aside; the same of the same path once. False if there are too many already.
   * @param o.version what is there now; 0 for nothing
   */
  async keep(path: string, content: Uint8Array, { run, version }: { run: string; version: number }): Promise<boolean> {
    const digest = sha256(content);
    const id = sha256(`${path}\n${digest}`).slice(0, 12);
    const others = (await this.list()).filter((one) => one.id !== id);
    const known = ProposedMemory.safeParse((await this.#store.get(NAMESPACE, id))?.value).data;
    if (known?.version === version) return true;
    const bytes = others.reduce((sum, { size }) => sum + size, content.length);
    if (others.length >= MOST || bytes > MOST_BYTES) return false;
    const about = { id, path, sha256: digest, size: content.length, run, version, at: new Date().toISOString() };
    await this.#store.write(
      NAMESPACE,
      id,
      { ...about, content: Buffer.from(content).toString("utf8") },
      { index: false },
    );
    return true;
  }

  /** @throws AgentError `memory_not_found` */
  async get(id: string): Promise<ProposedMemory & { content: string }> {
    const kept = Kept.safeParse((await this.#store.get(NAMESPACE, id))?.value).data;
    if (kept !== undefined) return kept;
    throw new AgentError("memory_not_found", `Nothing is proposed as ${id}; see \`vibewriter memory proposed\`.`);
  }

  /**
   * Makes it what the agent remembers, by a person's word, unless something else has come there since it was left.
   * @throws AgentError `memory_not_found`, `memory_changed`, and those of Memories.set
   */
  async accept(id: string, memories: Memories) {
    const { path, content, run, version } = await this.get(id);
    const taint = [{ origin: "vm" as const, name: `a program in ${run}` }];
    const now = (await memories.find(path))?.version ?? 0;
    if (version !== undefined && version !== now) {
      const message = `${path} has been changed since this was left for it, so nothing was changed; look at both, then write what is to be there with \`vibewriter memory set\`, or drop this.`;
      throw new AgentError("memory_changed", message);
    }
    const info = await memories.set(path, Buffer.from(content), {
      by: "person",
      writer: run,
      taint,
      expected: version,
    });
    await this.#store.delete(NAMESPACE, id);
    return info;
  }

  /** Returns what was dropped. @throws AgentError `memory_not_found` */
  async drop(id: string): Promise<ProposedMemory> {
    const dropped = await this.get(id);
    await this.#store.delete(NAMESPACE, id);
    return dropped;
  }
}
