import type { MemoryInfo, MemoryVersion } from "@vibewriter/agent/runs";
import { z } from "zod";
import type { Caller } from "../call.js";
import {
  DecidedAnswer,
  FoundAnswer,
  type FoundMemory,
  MemoriesAnswer,
  MemoryAnswer,
  ProposedAnswer,
  type ShownMemory,
  ShownMemoryAnswer,
  type ShownProposal,
  VersionsAnswer,
} from "./api.js";

/** An entry of an agent, or a version of it. */
export interface MemoryName {
  readonly agent: string;
  readonly path: string;
  readonly version?: number;
}

/** What agents remember, for the clients of a home. Failures are ServerErrors: `memory_not_found`, `memory_changed`, `memory_too_large`, ... */
export class MemoryClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(agent: string): Promise<MemoryInfo[]> {
    return (await this.#caller.call("GET", `/v1/memories?${query({ agent })}`, MemoriesAnswer)).memories;
  }

  async show(name: MemoryName): Promise<ShownMemory> {
    return (await this.#caller.call("GET", `/v1/memories/entry?${query(name)}`, ShownMemoryAnswer)).memory;
  }

  /** @param body.expected the version that is replaced, 0 for none; absent: whichever there is */
  async set(body: { agent: string; path: string; text: string; expected?: number }): Promise<MemoryInfo> {
    return (await this.#caller.call("PUT", "/v1/memories/entry", MemoryAnswer, { body })).memory;
  }

  async remove(o: { agent: string; path: string; expected?: number }): Promise<void> {
    await this.#caller.call("DELETE", `/v1/memories/entry?${query(o)}`, z.object({}));
  }

  async history(name: Omit<MemoryName, "version">): Promise<MemoryVersion[]> {
    return (await this.#caller.call("GET", `/v1/memories/history?${query(name)}`, VersionsAnswer)).versions;
  }

  async restore(body: Required<MemoryName>): Promise<MemoryInfo> {
    return (await this.#caller.call("POST", "/v1/memories/restore", MemoryAnswer, { body })).memory;
  }

  async search(o: { agent: string; query: string; limit: number }): Promise<FoundMemory[]> {
    return (await this.#caller.call("GET", `/v1/memories/search?${query(o)}`, FoundAnswer)).found;
  }

  /** What programs have left in an agent's folder, and waits for a person. */
  async proposed(agent: string): Promise<ShownProposal[]> {
    return (await this.#caller.call("GET", `/v1/memories/proposed?${query({ agent })}`, ProposedAnswer)).proposed;
  }

  /** The entry that it has become; undefined if it was dropped. */
  async decide(id: string, body: { agent: string; decision: "accept" | "drop" }): Promise<MemoryInfo | undefined> {
    const path = `/v1/memories/proposed/${encodeURIComponent(id)}`;
    return (await this.#caller.call("POST", path, DecidedAnswer, { body })).memory;
  }
}

function query(o: object): URLSearchParams {
  const given = Object.entries(o).filter(([, value]) => value !== undefined);
  return new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])));
}
