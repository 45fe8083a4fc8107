import { appendFileSync } from "node:fs";
import { Backbone } from "@vibewriter/backbone";
import { Choir } from "@vibewriter/choir";
import { openBench } from "./bench.js";
import { LocalMachines } from "./machines.js";

// Drives a run in a process of its own and kills it with SIGKILL right before or after an event with a given end of its id is stored.
interface Order {
  readonly url: string;
  readonly home: string;
  readonly index: string;
  readonly machines: string;
  readonly runId: string;
  /** Gets a line for each tool call that begins. */
  readonly log: string;
  readonly when: "before" | "after";
  readonly event: string;
}

const order: Order = JSON.parse(process.argv[2] ?? "{}");
const backbone = await Backbone.open({ url: order.url, home: order.home });
const append = backbone.events.append.bind(backbone.events);
backbone.events.append = async (runId, type, data, o) => {
  const id = o?.id ?? "";
  if (type === "tool.started") appendFileSync(order.log, `${id.replace(/\.started$/, "")}\n`);
  if (order.when === "before" && id.endsWith(order.event)) process.kill(process.pid, "SIGKILL");
  const seq = await append(runId, type, data, o);
  if (order.when === "after" && id.endsWith(order.event)) process.kill(process.pid, "SIGKILL");
  return seq;
};
const choir = await Choir.open({ backbone, path: order.index });
const machines = new LocalMachines(order.machines);
const bench = await openBench({ home: order.home, backbone, choir, machines });
const { status } = await bench.drive(order.runId);
process.stdout.write(status);
process.exit(0);
