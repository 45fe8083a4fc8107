import { createLogUpdate } from "log-update";
import type { Terminal } from "../terminal.js";
import { clock } from "./format.js";

const DRAW_MS = 200;
/** What is done sooner needs no word. */
const PATIENCE_MS = 500;

/** Shows on a terminal that something is being done, for how long, and how far it is; gone when disposed. */
export function working(terminal: Terminal, what: string, howFar: () => string = () => ""): Disposable {
  if (!terminal.isLive) return { [Symbol.dispose]: () => undefined };
  const draw = createLogUpdate(process.stderr);
  const since = Date.now();
  const timer = setInterval(() => {
    const ms = Date.now() - since;
    if (ms < PATIENCE_MS) return;
    draw(terminal.colors.dim([what, howFar(), clock(ms)].filter((part) => part !== "").join("  ")));
  }, DRAW_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}
