import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Backbone, findNatsServer } from "@vibewriter/backbone";
import { Choir, type ChoirEvent, type ChoirOptions, type Embedder, KeyPair } from "../../src/index.js";
import { built } from "./built.js";

/** The key pair of the nth author, the same in every process. */
export function author(n: number): KeyPair {
  return KeyPair.fromSeed(Buffer.alloc(32, n));
}

export const [ada, bob] = [author(1), author(2)];

export interface TestHome extends AsyncDisposable {
  path: string;
  backbone: Backbone;
  /** Where the index of the first Choir is. */
  index: string;
  /** What the indexes reported. */
  events: ChoirEvent[];
  /** `nats://user:password@host:port`, for a child process. */
  url: string;
  open(o?: { index?: string; embedder?: Embedder; qdrant?: ChoirOptions["qdrant"] }): Promise<Choir>;
}

/** A folder with a real nats-server in it. */
export async function testHome(): Promise<TestHome> {
  await built();
  const path = await mkdtemp(join(tmpdir(), "vw-choir-"));
  try {
    const server = await findNatsServer({ home: process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter") });
    if (!server) throw new Error("There is no nats-server; run `npm run setup`.");
    process.env.NATS_SERVER_BIN = server.path;
    const backbone = await Backbone.open({ home: path });
    const events: ChoirEvent[] = [];
    const index = join(path, "choir", "choir.sqlite");
    const { user, password } = backbone.server?.credentials ?? { user: "", password: "" };
    return {
      path,
      backbone,
      index,
      events,
      url: `nats://${user}:${password}@${backbone.server?.url.replace("nats://", "")}`,
      open: (o = {}) =>
        Choir.open({
          backbone,
          path: o.index ?? index,
          embedder: o.embedder,
          qdrant: o.qdrant,
          onEvent: (event) => events.push(event),
        }),
      async [Symbol.asyncDispose]() {
        await backbone.close();
        await rm(path, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}
