import { createInterface, type Interface } from "node:readline/promises";

const MORE = /\\$/;

/** The line on which a person writes: with history, and with more lines after a backslash at the end of one. */
export class Prompt implements Disposable {
  readonly #lines: Interface;
  /** Lines that came while nobody read: pasted ones, and those that were written while the agent answered. */
  readonly #ahead: string[] = [];
  #isClosed = false;
  #onInterrupt: () => void = () => undefined;

  /** @param history the latest first */
  constructor(history: readonly string[]) {
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stderr,
      history: history.map((text) => text.replace(/\s+/g, " ")),
      historySize: 200,
    });
    this.#lines.on("line", (line) => this.#ahead.push(line));
    // A line editor takes Ctrl-C for itself.
    this.#lines.on("SIGINT", () => this.#onInterrupt());
    this.#lines.once("close", () => {
      this.#isClosed = true;
    });
  }

  /** What was written, of one line or more; undefined when the person leaves with Ctrl-D. Ctrl-C begins anew. */
  async read(): Promise<string | undefined> {
    const lines: string[] = [];
    for (;;) {
      const ahead = this.#ahead.shift();
      const line = ahead === undefined ? await this.#line(lines.length === 0 ? "> " : "… ") : { text: ahead };
      if (line === undefined) return undefined;
      if (line === "interrupted") {
        lines.length = 0;
        this.#clear();
        process.stderr.write("\n(Ctrl-D leaves.)\n");
        continue;
      }
      lines.push(line.text.replace(MORE, ""));
      if (!MORE.test(line.text)) return lines.join("\n");
    }
  }

  /** One answer, such as y or n, written after the question; undefined for none. */
  async ask(question: string): Promise<string | undefined> {
    const line = await this.#line(question);
    return line === undefined || line === "interrupted" ? undefined : line.text;
  }

  /** From now on Ctrl-C calls this, until it is disposed. */
  onInterrupt(listener: () => void): Disposable {
    this.#onInterrupt = listener;
    return {
      [Symbol.dispose]: () => {
        this.#onInterrupt = () => undefined;
      },
    };
  }

  [Symbol.dispose](): void {
    this.#lines.close();
  }

  /** Takes back what stands on the line: Ctrl-D leaves on an empty one. */
  #clear(): void {
    this.#lines.write(null, { ctrl: true, name: "e" });
    this.#lines.write(null, { ctrl: true, name: "u" });
  }

  async #line(prompt: string): Promise<{ text: string } | "interrupted" | undefined> {
    if (this.#isClosed) return undefined;
    const interrupted = new AbortController();
    using _listening = this.onInterrupt(() => interrupted.abort());
    const closed = new Promise<undefined>((resolve) => this.#lines.once("close", () => resolve(undefined)));
    try {
      const text = await Promise.race([this.#lines.question(prompt, { signal: interrupted.signal }), closed]);
      return text === undefined ? undefined : { text };
    } catch (error) {
      if (interrupted.signal.aborted) return "interrupted";
      throw error;
    }
  }
}
