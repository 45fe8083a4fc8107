import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ServerError } from "./errors.js";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.js";

const CLEAN_UP = fileURLToPath(new URL("../dist/clean-up-main.js", import.meta.url));

/**
 * A sleeping shell that outlives the owner. Its standard input is a pipe from the owner: "done" means that the owner ended cleanly;
 * the end of the pipe without it means that the owner was killed, and then, after the idle time, what it left is cleared, unless
 * another owner has taken over. A shell, because it costs one megabyte where a second Node would cost forty.
 */
const SCRIPT = 'read -r line; [ "$line" = done ] && exit 0; sleep "$1"; exec "$2" "$3" "$4"';

export class Janitor implements AsyncDisposable {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, identity: ProcessIdentity) {
    this.#child = child;
    this.identity = identity;
  }

  /** Starts the janitor of this process for `home`. */
  static async start(home: string, idleSeconds: number): Promise<Janitor> {
    const child = spawn(
      "/bin/sh",
      ["-c", SCRIPT, "vibewriter-janitor", String(Math.ceil(idleSeconds)), process.execPath, CLEAN_UP, home],
      { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] },
    );
    await once(child, "spawn");
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (!identity) throw new ServerError("start_failed", "The server cannot start /bin/sh; run `vibewriter doctor`.");
    child.stdin?.on("error", () => {
      // A janitor that somebody killed has a closed pipe; without it only the clearing after a kill of this process is lost.
    });
    child.unref();
    return new Janitor(child, identity);
  }

  /** Ends the janitor of an owner that is dead, with the `sleep` it may be in. */
  static async end(identity: ProcessIdentity): Promise<void> {
    if (!(await isAlive(identity))) return;
    process.kill(-identity.pid, "SIGKILL");
    for (let i = 0; i < 100 && (await isAlive(identity)); i += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Tells the janitor that there is nothing to clear, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // Not waiting for it kept the owner's loop free; now the loop has to stay for it.
    this.#child.ref();
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end("done\n");
    await ended;
  }
}
