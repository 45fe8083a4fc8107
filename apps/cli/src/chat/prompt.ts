import { createInterface, type Interface } from "node:readline/promises";

const MORE = /\\$/;

/** The line on which a person writes: with history, and with more lines after a backslash at the end of one. */
export class Prompt implements Disposable {
  readonly #lines: Interface;
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
      const line = await this.#line(lines.length === 0 ? "> " : "… ");
      if (line === undefined) return undefined;
      if (line === "interrupted") {
        lines.length = 0;
        process.stderr.write("\n(Ctrl-D leaves.)\n");
        continue;
      }
      lines.push(line.text.replace(MORE, ""));
      if (!MORE.test(line.text)) return lines.join("\n");
    }
  }

  /** One answer, such as y or n; undefined for none. */
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
