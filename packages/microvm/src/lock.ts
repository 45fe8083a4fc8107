import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 100;

/**
 * A lock that the kernel gives back when its holder dies, however it dies: a listening socket in Linux' abstract
 * namespace. It excludes holders in the same process too.
 */
export class Lock implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Takes the lock named `name` at once, or answers undefined if somebody holds it. */
  static async tryTake(name: string): Promise<Lock | undefined> {
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 40);
    const server = createServer((socket) => socket.destroy());
    const held = await new Promise<boolean>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" ? resolve(false) : reject(error),
      );
      server.listen(`\0vibewriter-${digest}`, () => resolve(true));
    });
    if (!held) return undefined;
    server.unref();
    return new Lock(server);
  }

  /** Waits up to `waitMs` for the lock; undefined if it did not come free. */
  static async take(name: string, waitMs: number): Promise<Lock | undefined> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const lock = await Lock.tryTake(name);
      if (lock !== undefined || Date.now() >= deadline) return lock;
      await delay(pollMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
