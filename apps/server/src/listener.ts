import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { IdleTimer } from "./idle.js";
import { type SessionHandler, upgrade } from "./sessions/upgrade.js";

/** A question of 2,000 characters stands in the address, with nine bytes for each of some scripts. */
const MOST_HEAD_BYTES = 64 * 1024;

/** The HTTP server of a home on its unix socket; each request and session holds the process until it has ended. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  readonly #socket: string;
  /** Connections that sessions took over; the HTTP server knows them no more. */
  readonly #sessions = new Set<Duplex>();

  private constructor(server: Server, socket: string) {
    this.#server = server;
    this.#socket = socket;
  }

  /** Listens on `socket`. The caller owns the home, so a socket that is there belongs to nobody. */
  static async open(
    app: Hono,
    handle: SessionHandler,
    socket: string,
    idle: Pick<IdleTimer, "hold">,
  ): Promise<Listener> {
    const server = createServer({ maxHeaderSize: MOST_HEAD_BYTES }, getRequestListener(app.fetch));
    const listener = new Listener(server, socket);
    server.on("request", (_request, response) => {
      const hold = idle.hold();
      response.once("close", () => hold[Symbol.dispose]());
    });
    server.on("upgrade", (request, stream, head) => {
      const hold = idle.hold();
      listener.#sessions.add(stream);
      stream.once("close", () => {
        listener.#sessions.delete(stream);
        hold[Symbol.dispose]();
      });
      void upgrade(request, stream, head, handle);
    });
    await rm(socket, { force: true });
    server.listen(socket);
    await once(server, "listening");
    await chmod(socket, 0o600);
    return listener;
  }

  /** Lets answers under way finish for a moment, then ends every connection and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.#server.closeAllConnections();
      for (const stream of this.#sessions) stream.destroy();
    }, 500);
    await closed;
    clearTimeout(timer);
    await rm(this.#socket, { force: true });
  }
}
