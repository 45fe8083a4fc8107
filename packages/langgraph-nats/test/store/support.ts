import { NatsStore, type NatsStoreOptions } from "@vibewriter/langgraph-nats/store";
import { TestServer } from "../nats-server.js";

/** A nats-server for the tests of a file, and stores on it, each of an agent of its own. */
export class StoreServer {
  #server: TestServer | undefined;
  #agents = 0;

  async start(): Promise<void> {
    this.#server = await TestServer.start();
  }

  async end(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  get server(): TestServer {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server;
  }

  /** A store of a new agent. */
  async open(options: NatsStoreOptions = {}): Promise<NatsStore> {
    this.#agents += 1;
    const store = await this.again(options);
    await store.setup();
    return store;
  }

  /** Another store of the agent of the last one. */
  again(options: NatsStoreOptions = {}): Promise<NatsStore> {
    return NatsStore.fromUrl(this.server.url, { agent: this.agent, ...options });
  }

  get agent(): string {
    return `agent ${this.#agents}`;
  }
}
