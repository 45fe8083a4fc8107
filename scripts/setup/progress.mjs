const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const QUIET_MS = 30_000;

/** Shows steps on standard error: live lines on a terminal, else a line at each start, end and half minute. */
export class Progress {
  #out;
  #live;
  #running = new Map();
  #timer;
  #drawn = 0;
  #frame = 0;
  #started = Date.now();

  /** @param {{ isTTY?: boolean, columns?: number, write(text: string): boolean }} out */
  constructor(out = process.stderr) {
    this.#out = out;
    this.#live = Boolean(out.isTTY);
  }

  /** Milliseconds since the set-up began. */
  get elapsedMs() {
    return Date.now() - this.#started;
  }

  start(name) {
    this.#running.set(name, { since: Date.now(), told: Date.now(), line: "" });
    if (!this.#live) this.say(`${name} ...`);
    this.#timer ??= setInterval(() => this.#tick(), this.#live ? 120 : 1_000);
  }

  /** What a step is doing now. */
  line(name, text) {
    const step = this.#running.get(name);
    // npm's warnings are in the log; shown for minutes they look like the matter.
    if (step && !text.startsWith("npm warn")) step.line = text.trim();
  }

  end(name, outcome = "done") {
    const step = this.#running.get(name);
    if (!step) return;
    this.#running.delete(name);
    this.say(`${outcome === "done" ? "✓" : "✗"} ${name}, ${seconds(Date.now() - step.since)}`);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** A line that stays. */
  say(text) {
    this.#wipe();
    this.#out.write(`setup: ${text}\n`);
    this.#draw();
  }

  /** Ends the display, whatever is still running. */
  close() {
    clearInterval(this.#timer);
    this.#wipe();
    this.#running.clear();
  }

  #tick() {
    this.#frame++;
    if (this.#live) {
      this.#wipe();
      this.#draw();
      return;
    }
    for (const [name, step] of this.#running) {
      if (Date.now() - step.told < QUIET_MS) continue;
      step.told = Date.now();
      this.say([`${name}, ${seconds(Date.now() - step.since)}`, step.line].filter(Boolean).join(": "));
    }
  }

  #draw() {
    if (!this.#live) return;
    const width = Math.max(20, (this.#out.columns ?? 80) - 1);
    const mark = FRAMES[this.#frame % FRAMES.length];
    for (const [name, step] of this.#running) {
      const text = `${mark} ${name}, ${seconds(Date.now() - step.since)}  ${printable(step.line)}`;
      this.#out.write(`${text.slice(0, width)}\n`);
      this.#drawn++;
    }
  }

  #wipe() {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }
}

export function seconds(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}

/** Programs print colours and cursor movements; here they would tear the display. */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replace(/[\u0000-\u001f\u007f]/g, " ");
}
