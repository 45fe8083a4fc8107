import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeSync } from "node:fs";
import { EXIT } from "./exit.js";
import { LeaveKeys } from "./leave-keys.js";
import { ModeWatch } from "./view/mode-watch.js";

/** The program at the other end. */
export interface RawTerminalPeer {
  write(bytes: Uint8Array): Promise<boolean>;
  resize(size: { rows: number; cols: number }): void;
}

/**
 * Hands this process's terminal over to a program elsewhere: each key goes there as it is, Ctrl-C too, and its output comes out untouched.
 * Disposed, or when this process ends otherwise, the terminal is as it was. Enter, `~`, `.` leaves a program that answers nothing.
 */
export class RawTerminal implements Disposable {
  readonly #peer: RawTerminalPeer;
  readonly #modes = new ModeWatch();
  readonly #restore = () => this.#giveBack();
  readonly #resize = () => this.#sendSize();
  readonly #continue = () => this.#takeAgain();
  #isRaw = false;
  #isOver = false;

  constructor(peer: RawTerminalPeer) {
    this.#peer = peer;
  }

  /** From now on the keys are the program's. */
  begin(): void {
    process.on("exit", this.#restore);
    process.stdout.on("resize", this.#resize);
    process.on("SIGCONT", this.#continue);
    this.#setRaw(true);
    // The window may have changed while the VM started.
    this.#sendSize();
    this.#pass().catch(() => this.#leave());
  }

  /** Resolves when the terminal takes more. */
  async show(bytes: Buffer): Promise<void> {
    this.#modes.see(bytes);
    if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    process.removeListener("exit", this.#restore);
    process.stdout.removeListener("resize", this.#resize);
    process.removeListener("SIGCONT", this.#continue);
    this.#giveBack();
    process.stdin.destroy();
  }

  async #pass(): Promise<void> {
    const keys = new LeaveKeys();
    for await (const chunk of process.stdin) {
      const { bytes, leaves } = keys.read(chunk);
      if (leaves) return this.#leave();
      if (!(await this.#peer.write(bytes))) return;
    }
    this.#leave();
  }

  /** The person, or their terminal, has gone. */
  #leave(): void {
    if (this.#isOver) return;
    this.#giveBack();
    process.stderr.write("\nLeft the terminal; its program was ended.\n");
    process.exit(EXIT.interrupted);
  }

  #sendSize(): void {
    const { rows, columns } = process.stdout;
    if (rows > 0 && columns > 0) this.#peer.resize({ rows, cols: columns });
  }

  /** Whoever stopped this process has set the terminal to what they need. */
  #takeAgain(): void {
    if (!this.#isRaw) return;
    this.#setRaw(false);
    this.#setRaw(true);
    this.#sendSize();
  }

  #setRaw(isRaw: boolean): void {
    process.stdin.setRawMode(isRaw);
    // Node leaves it to the terminal to make a new line of each line feed, which the terminal in the VM has done already.
    if (isRaw) spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
    this.#isRaw = isRaw;
  }

  #giveBack(): void {
    if (!this.#isRaw) return;
    this.#setRaw(false);
    try {
      writeSync(process.stdout.fd, this.#modes.undo());
    } catch {
      // A terminal that is gone needs nothing.
    }
  }
}
