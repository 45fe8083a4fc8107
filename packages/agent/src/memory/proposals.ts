import type { NatsStore } from "@vibewriter/langgraph-nats/store";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";
import { ProposedMemory } from "./entry.js";
import type { Memories } from "./memories.js";

const NAMESPACE = ["proposed-memories"];
/** Proposals of one agent that wait for a person. */
const MOST = 200;

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

  /** Keeps it aside; the same of the same path once. False if there are too many already. */
  async keep(path: string, content: Uint8Array, run: string): Promise<boolean> {
    const digest = sha256(content);
    const id = sha256(`${path}\n${digest}`).slice(0, 12);
    if ((await this.#store.get(NAMESPACE, id)) !== null) return true;
    if ((await this.#store.list(NAMESPACE)).length >= MOST) return false;
    const about = { id, path, sha256: digest, size: content.length, run, at: new Date().toISOString() };
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

  /** Makes it what the agent remembers, by a person's word. @throws AgentError `memory_not_found`, and those of Memories.set */
  async accept(id: string, memories: Memories) {
    const { path, content, run } = await this.get(id);
    const taint = [{ origin: "vm" as const, name: `a program in ${run}` }];
    const info = await memories.set(path, Buffer.from(content), { by: "person", writer: run, taint });
    await this.#store.delete(NAMESPACE, id);
    return info;
  }

  /** @throws AgentError `memory_not_found` */
  async drop(id: string): Promise<void> {
    await this.get(id);
    await this.#store.delete(NAMESPACE, id);
  }
}
