import type { RunRecord } from "@vibewriter/agent/runs";
import { plain } from "../escape.js";
import type { Terminal } from "../terminal.js";
import { LineView } from "./lines.js";
import { LiveView } from "./live.js";
import type { RunView } from "./run-view.js";

/** The view that fits: redrawn on a terminal, lines without one, nothing with `--json` and nobody watching. */
export function viewOf(terminal: Terminal, run: RunRecord): RunView {
  return terminal.isLive ? new LiveView(terminal, plain(run.request)) : new LineView(terminal);
}
