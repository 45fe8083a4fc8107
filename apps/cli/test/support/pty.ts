import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const DRIVER = fileURLToPath(new URL("on_terminal.py", import.meta.url));
const BIN = fileURLToPath(new URL("../../bin/vibewriter.mjs", import.meta.url));

const End = z.object({ code: z.number(), restored: z.boolean() });

/** The command on a real terminal of 24 rows and 80 columns, which a test types on. */
export class Pty implements Disposable {
  readonly #driver: ChildProcess;
  #said = "";
  #end = "";
  #at = 0;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(home: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...more, VIBEWRITER_HOME: home, TERM: "xterm-256color" };
    this.#driver = spawn("python3", [DRIVER, process.execPath, BIN, ...args], { env, stdio: "pipe" });
    this.#driver.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
      this.#wake();
    });
    this.#driver.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#end += text;
    });
    // All that it said has been read by then, which is not so when it exits.
    this.#driver.once("close", () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  type(text: string): void {
    this.#tell({ type: text });
  }

  resize(rows: number, cols: number): void {
    this.#tell({ resize: [rows, cols] });
  }

  kill(signal: number): void {
    this.#tell({ kill: signal });
  }

  /** Waits until the terminal shows `what` after what was waited for last; throws after `withinMs`. */
  async shows(what: RegExp, withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = what.exec(this.#said.slice(this.#at));
      if (found) {
        this.#at += found.index + found[0].length;
        return;
      }
      if (Date.now() > deadline || this.#hasEnded)
        throw new Error(`${what} was not shown in ${JSON.stringify(this.#said)}. ${this.#end}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  /** How the command ended, and whether the terminal is as it was. */
  async ended(): Promise<z.infer<typeof End>> {
    if (!this.#hasEnded) await once(this.#driver, "close");
    return End.parse(JSON.parse(this.#end));
  }

  [Symbol.dispose](): void {
    this.#driver.kill("SIGKILL");
  }

  #tell(command: object): void {
    this.#driver.stdin?.write(`${JSON.stringify(command)}\n`);
  }
}
