import { writeSync } from "node:fs";
import { join } from "node:path";
import { Backbone } from "@vibewriter/backbone";
import { Choir } from "@vibewriter/choir";
import { openRuns } from "../../src/runs/open-runs.js";
import { LocalMachines } from "./machines.js";

// A worker of the pool in a process and a home of its own. It says what happens in lines of JSON, and can be told to freeze or to stay
// where it is right before an event with a given end of its id is stored.
interface Order {
  readonly url: string;
  readonly home: string;
  readonly capacity?: number;
  readonly at?: { readonly event: string; readonly does: "freeze" | "stay" };
}

const order: Order = JSON.parse(process.argv[2] ?? "{}");
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const backbone = await Backbone.open({ url: order.url, home: order.home });
const append = backbone.events.append.bind(backbone.events);
let reached = false;
backbone.events.append = async (runId, type, data, o) => {
  if (order.at !== undefined && !reached && o?.id?.endsWith(order.at.event)) {
    reached = true;
    say({ type: "reached", run: runId });
    if (order.at.does === "freeze") process.kill(process.pid, "SIGSTOP");
    else await new Promise(() => undefined);
  }
  return await append(runId, type, data, o);
};
const choir = await Choir.open({ backbone, path: join(order.home, "choir.sqlite") });
const machines = new LocalMachines(join(order.home, "machines"));
const runs = await openRuns({
  home: order.home,
  backbone,
  choir,
  machines,
  capacity: order.capacity ?? 2,
  version: "test",
  onEvent: say,
});
process.once("SIGTERM", async () => {
  await runs[Symbol.asyncDispose]();
  process.exit(0);
});
say({ type: "ready", host: runs.host });
