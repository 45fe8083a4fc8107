import { Backbone, type BackboneOptions } from "../../src/backbone.js";
import type { NatsServerEvent } from "../../src/server/nats-server.js";
import { natsBinary, temporaryHome } from "./home.js";

export interface TestBackbone extends AsyncDisposable {
  home: string;
  backbone: Backbone;
  events: NatsServerEvent[];
  /** Kills nats-server with SIGKILL; it is restarted by its supervisor. */
  kill(): void;
}

/** A backbone with a real nats-server in a home of its own. */
export async function testBackbone(o: Pick<BackboneOptions, "secrets"> = {}): Promise<TestBackbone> {
  const home = await temporaryHome();
  process.env.NATS_SERVER_BIN = (await natsBinary()).path;
  const events: NatsServerEvent[] = [];
  const backbone = await Backbone.open({ ...o, home: home.path, onEvent: (event) => events.push(event) });
  return {
    home: home.path,
    backbone,
    events,
    kill() {
      const pid = backbone.server?.pid;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
    async [Symbol.asyncDispose]() {
      await backbone.close();
      await home[Symbol.asyncDispose]();
    },
  };
}
