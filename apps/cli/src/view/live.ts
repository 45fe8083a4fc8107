import type { FollowedEvent } from "@vibewriter/server";
import { createLogUpdate } from "log-update";
import { clip } from "../escape.js";
import type { Colors, Terminal } from "../terminal.js";
import { clock } from "./format.js";
import { activeMs, advance, EMPTY, type RunState } from "./run-state.js";
import type { RunView } from "./run-view.js";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The run as it is now, redrawn in place: the plan with its steps ticking, who is at work with which tool, and the time. */
export class LiveView implements RunView {
  readonly #terminal: Terminal;
  readonly #title: string;
  readonly #draw = createLogUpdate(process.stderr);
  #timer: NodeJS.Timeout | undefined;
  #state: RunState = EMPTY;
  #frame = 0;

  constructor(terminal: Terminal, title: string) {
    this.#terminal = terminal;
    this.#title = title;
    this.resume();
  }

  show(event: FollowedEvent): void {
    this.#state = advance(this.#state, event);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#redraw();
    this.#draw.done();
  }

  resume(): void {
    this.#timer ??= setInterval(() => this.#redraw(), 100);
  }

  [Symbol.dispose](): void {
    if (this.#timer) this.pause();
  }

  #redraw(): void {
    this.#frame += 1;
    const width = this.#terminal.columns - 1;
    const lines = renderRun(this.#state, {
      title: this.#title,
      elapsed: clock(activeMs(this.#state, Date.now())),
      spinner: SPINNER[this.#frame % SPINNER.length] ?? "",
      now: Date.now(),
      width,
      colors: this.#terminal.colors,
    });
    this.#draw(lines.join("\n"));
  }
}

interface Frame {
  readonly title: string;
  readonly elapsed: string;
  readonly spinner: string;
  readonly now: number;
  readonly width: number;
  readonly colors: Colors;
}

/** The lines of one frame, each at most `width` characters. */
export function renderRun(state: RunState, f: Frame): string[] {
  const { colors } = f;
  const room = f.width - f.elapsed.length - 1;
  const title = clip(f.title, room);
  const lines = [
    `${colors.bold(title)}${" ".repeat(Math.max(1, f.width - [...title].length - f.elapsed.length))}${colors.dim(f.elapsed)}`,
  ];
  for (const todo of state.todos) {
    const text = clip(todo.content, f.width - 4);
    if (todo.status === "completed") lines.push(`  ${colors.green("✔")} ${colors.dim(text)}`);
    else if (todo.status === "in_progress") lines.push(`  ${colors.yellow(f.spinner)} ${text}`);
    else lines.push(`  ${colors.dim("○")} ${text}`);
  }
  for (const { question, since, limitSeconds, end } of state.researchers.values()) {
    const seconds = Math.floor((f.now - since) / 1000);
    const limit = limitSeconds === undefined ? "" : ` of ${limitSeconds}`;
    const state = end === undefined ? ` (${seconds}${limit} s)` : ` (${end})`;
    const text = clip(question, Math.max(0, f.width - 6 - state.length));
    lines.push(clip(`    ${end === undefined ? "?" : "·"} ${text}${state}`, f.width));
  }
  const working = state.workers.size > 0;
  for (const worker of state.workers.values()) {
    const seconds = Math.floor((f.now - worker.since) / 1000);
    const time = seconds >= 2 ? ` ${seconds} s` : "";
    const name = clip(worker.name, 20);
    const doing = clip(worker.doing, Math.max(0, f.width - [...name].length - 7 - time.length));
    lines.push(`    ${colors.cyan(name)} ${colors.dim("›")} ${doing}${colors.dim(time)}`);
  }
  if (!working && state.status !== "done") {
    lines.push(`    ${colors.dim(clip(state.note || STATUS_TEXT[state.status], f.width - 4))}`);
  }
  return lines;
}

const STATUS_TEXT: Readonly<Record<RunState["status"], string>> = {
  queued: "Waiting for its turn",
  running: "At work",
  waiting: "Waiting for your answer",
  interrupted: "Interrupted",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};
