import type { Backbone } from "@vibewriter/backbone";
import { NatsStore } from "@vibewriter/langgraph-nats/store";
import { Memories } from "./memories.js";
import { MemoryProposals } from "./proposals.js";

/** What one agent remembers, and what waits to be. */
export interface AgentMemory {
  readonly memories: Memories;
  readonly proposals: MemoryProposals;
}

/** What the agents of a home remember, each by itself. */
export class AgentMemories {
  readonly #backbone: Pick<Backbone, "connection" | "secrets">;
  readonly #open = new Map<string, AgentMemory>();

  constructor(backbone: Pick<Backbone, "connection" | "secrets">) {
    this.#backbone = backbone;
  }

  of(agentId: string): AgentMemory {
    const { connection, secrets } = this.#backbone;
    const known = this.#open.get(agentId);
    if (known !== undefined) return known;
    const screen = (bytes: Uint8Array) => secrets.screen(bytes, `the memory of ${agentId}`);
    const store = NatsStore.fromConnection(connection, { agent: agentId, screen });
    const memory = { memories: new Memories(store, secrets), proposals: new MemoryProposals(store) };
    this.#open.set(agentId, memory);
    return memory;
  }
}
