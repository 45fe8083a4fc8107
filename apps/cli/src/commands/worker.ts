import type { Worker } from "@vibewriter/server";
import type { WorkerEvent } from "@vibewriter/server/worker";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { clock } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter worker`: the owner of the home in the foreground, a line for each run that it takes and leaves. */
export async function worker(context: Context, runs: number | undefined): Promise<ExitCode> {
  const { terminal, home } = context;
  // Only this command is a server itself; the others stay light.
  const { runWorker } = await import("@vibewriter/server/worker");
  terminal.note("Starting the worker");
  const say = (event: WorkerEvent | { readonly type: "ready" }): void => {
    if (terminal.json) terminal.printJson({ at: new Date().toISOString(), ...event });
    else terminal.print(lineOf(event));
  };
  await runWorker({ home, env: context.env, runs, onReady: () => say({ type: "ready" }), onEvent: say });
  // What outlives its end, a timer or a socket of a library, must not keep the command.
  process.exit(EXIT.done);
}

/** `vibewriter worker list`: who drives runs, on this host and others. */
export async function workerList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const workers = await (await connect(context)).workers.list();
  if (terminal.json) terminal.printJson({ workers });
  else if (workers.length === 0) terminal.print("No worker is there; start one with `vibewriter worker`.");
  else for (const line of table([HEAD, ...workers.map(row)], terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

const HEAD = ["HOST", "PID", "RUNS", "SERVES", "ISOLATION", "VERSION", "HEARD OF"];

function row(one: Worker): string[] {
  return [
    plain(one.host),
    String(one.pid),
    `${one.active} of ${one.capacity}`,
    plain(one.classes.join(", ")),
    one.isolation,
    plain(one.version),
    one.isAlive ? "now" : `${clock(one.silentMs)} ago`,
  ];
}

function lineOf(event: WorkerEvent | { readonly type: "ready" }): string {
  switch (event.type) {
    case "ready":
      return "Ready: runs are taken as there is room. Ctrl-C hands back what is under way.";
    case "run claimed":
      return `${event.run} claimed (epoch ${event.epoch}, delivery ${event.deliveries})`;
    case "run at rest":
      return `${event.run} ${event.status} after ${clock(event.ms)}${event.error ? `: ${plain(event.error)}` : ""}`;
    case "run handed back":
      return `${event.run} handed back`;
    case "run lost":
      return `${event.run} taken over by another worker`;
    case "run let go":
      return `${event.run} let go: ${plain(event.error)}`;
    default:
      return `Trouble: ${plain(event.error)}`;
  }
}
