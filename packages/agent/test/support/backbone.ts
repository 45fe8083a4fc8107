import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Backbone, findNatsServer } from "@vibewriter/backbone";

export interface TestBackbone extends AsyncDisposable {
  readonly home: string;
  readonly backbone: Backbone;
}

/** The nats-server that tests run. */
export async function natsBinary(): Promise<string> {
  const found = await findNatsServer({ home: process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter") });
  if (!found) throw new Error("There is no nats-server; run `npm run setup`.");
  return found.path;
}

/** A backbone with a real nats-server, or on the servers of `url`, in an empty home that is removed at the end. */
export async function testBackbone(url?: string): Promise<TestBackbone> {
  process.env.NATS_SERVER_BIN = await natsBinary();
  const home = await mkdtemp(join(tmpdir(), "vw-agent-"));
  const backbone = await Backbone.open({ home, url });
  return {
    home,
    backbone,
    async [Symbol.asyncDispose]() {
      await backbone.close();
      // A file that somebody writes as they end may come while the folder is looked through.
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
