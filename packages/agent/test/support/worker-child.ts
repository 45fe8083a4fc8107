import { writeSync } from "node:fs";
import { join } from "node:path";
import { Backbone } from "@vibewriter/backbone";
import { Choir } from "@vibewriter/choir";
import { openRuns } from "../../src/runs/open-runs.js";
import { LocalMachines } from "./machines.js";
import type { StopAt } from "./pool.js";

// A worker of the pool in a process and a home of its own. It says what happens in lines of JSON, and can be told to freeze or to stay
// where it is right before it stores an event with a given end of its id, or a file with a given end of its key.
interface Order {
  readonly url: string;
  readonly home: string;
  readonly capacity?: number;
  readonly at?: StopAt;
  /** Keys and addresses of its own. */
  readonly env?: Readonly<Record<string, string>>;
}

const order: Order = JSON.parse(process.argv[2] ?? "{}");
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const backbone = await Backbone.open({ url: order.url, home: order.home });
let reached = false;
const stopAt = async (end: string | undefined, name = "") => {
  if (end === undefined || reached || !name.endsWith(end)) return;
  reached = true;
  say({ type: "reached" });
  if (order.at?.does === "freeze") process.kill(process.pid, "SIGSTOP");
  else await new Promise(() => undefined);
};
const append = backbone.events.append.bind(backbone.events);
backbone.events.append = async (runId, type, data, o) => {
  await stopAt(order.at?.event, o?.id);
  return await append(runId, type, data, o);
};
const put = backbone.files.put.bind(backbone.files);
backbone.files.put = async (key, source, o) => {
  await stopAt(order.at?.file, key);
  return await put(key, source, o);
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
  env: order.env,
  onEvent: say,
});
process.once("SIGTERM", async () => {
  await runs[Symbol.asyncDispose]();
  process.exit(0);
});
say({ type: "ready", host: runs.host });
