import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { IdleTimer } from "./idle.js";

/** The HTTP server of a home on its unix socket; each request holds the process until its answer has ended. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  readonly #socket: string;

  private constructor(server: Server, socket: string) {
    this.#server = server;
    this.#socket = socket;
  }

  /** Listens on `socket`. The caller owns the home, so a socket that is there belongs to nobody. */
  static async open(app: Hono, socket: string, idle: IdleTimer): Promise<Listener> {
    const server = createServer(getRequestListener(app.fetch));
    server.on("request", (_request, response) => {
      const hold = idle.hold();
      response.once("close", () => hold[Symbol.dispose]());
    });
    await rm(socket, { force: true });
    server.listen(socket);
    await once(server, "listening");
    await chmod(socket, 0o600);
    return new Listener(server, socket);
  }

  /** Lets answers under way finish for a moment, then ends every connection and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), 500);
    await closed;
    clearTimeout(timer);
    await rm(this.#socket, { force: true });
  }
}
