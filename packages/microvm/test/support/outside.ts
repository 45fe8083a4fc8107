import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect as connectTcp, type Server } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AuditRecord, GatewayOptions } from "../../src/index.js";
import { EgressGateway } from "../../src/index.js";
import { authority, certificate, certificateKey } from "./certificate.js";

/** Addresses of the public internet that stand for servers of a test. */
const publicAddresses = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];

/**
 * A small internet on loopback: names that resolve to public addresses, which lead to servers of the test, and an audit that is kept. The
 * gateway's own checks of names and addresses are all in place.
 */
export class TestInternet implements AsyncDisposable {
  readonly audits: AuditRecord[] = [];
  /** What names resolve to; any other name does not exist. */
  readonly names = new Map<string, string[]>();
  /** Names that were asked for, in order. */
  readonly asked: string[] = [];
  /** Connections that were made, as `address:port`. */
  readonly connected: string[] = [];
  /** Connections to servers that are open now. */
  openConnections = 0;
  readonly #ports = new Map<number, number>();
  readonly #servers: Server[] = [];

  /** Serves http at `port` of every public address. */
  async http(port: number, listener: RequestListener): Promise<void> {
    await this.serve(port, createServer(listener));
  }

  /** Serves https, with a certificate for *.example.com and *.example.net. */
  async https(port: number, listener: RequestListener): Promise<void> {
    await this.serve(port, createSecureServer({ cert: certificate, key: certificateKey }, listener));
  }

  async serve(port: number, server: Server): Promise<void> {
    this.#servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#ports.set(port, (server.address() as AddressInfo).port);
  }

  /** Names that exist, at public addresses. */
  know(...names: string[]): void {
    for (const name of names) this.names.set(name, publicAddresses);
  }

  gateway(o: Partial<GatewayOptions> = {}): EgressGateway {
    return new EgressGateway({
      audit: (record) => this.audits.push(record),
      resolve: async (name) => {
        this.asked.push(name);
        return this.names.get(name) ?? [];
      },
      connect: async ({ name, address, port, tls }, signal) => {
        this.connected.push(`${address}:${port}`);
        const socket = connectTcp({ host: "127.0.0.1", port: this.#ports.get(port) ?? 1 });
        await once(socket, "connect", { signal });
        this.openConnections++;
        socket.once("close", () => this.openConnections--);
        if (!tls) return socket;
        const secure = connectTls({ socket, servername: name, ca: authority });
        await once(secure, "secureConnect", { signal });
        return secure;
      },
      ...o,
    });
  }

  /** The record of the only exchange since the last look, when it is over. */
  async audit(): Promise<AuditRecord> {
    await vi.waitFor(() => expect(this.audits.length).toBeGreaterThan(0), { timeout: 10_000 });
    const [record, ...more] = this.audits.splice(0);
    if (record === undefined || more.length > 0) throw new Error(`not one record but also ${JSON.stringify(more)}`);
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
        server.closeAllConnections();
      server.close();
    }
  }
}
