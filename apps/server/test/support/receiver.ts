import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/** What a webhook's receiver got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on this machine that answers what it is told to. */
export class Receiver implements AsyncDisposable {
  readonly url: string;
  readonly received: Received[] = [];
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** @param answer the status for the n-th request, from 0 */
  static async open(answer: (n: number) => number): Promise<Receiver> {
    const server = createServer(async (request, response) => {
      const status = answer(receiver.received.length);
      receiver.received.push({ headers: request.headers, body: await text(request) });
      if (status === 302) response.setHeader("location", "http://127.0.0.1:9/elsewhere");
      response.statusCode = status;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new Receiver(`http://127.0.0.1:${port}/hook`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return receiver;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/** A mail server on this machine; takes what `ada` with the password `s3cret` sends. */
export class Mailbox implements AsyncDisposable {
  readonly messages: string[] = [];
  readonly port: number;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, messages: string[]) {
    this.#server = server;
    this.messages = messages;
    this.port = (server.server.address() as AddressInfo).port;
  }

  static async open(): Promise<Mailbox> {
    const messages: string[] = [];
    const server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ["STARTTLS"],
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        username === "ada" && password === "s3cret" ? done(null, { user: "ada" }) : done(new Error("no")),
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith("nobody@") ? done(Object.assign(new Error("unknown"), { responseCode: 550 })) : done(),
      onData: (stream, _session, done) =>
        void text(stream).then((message) => {
          messages.push(message);
          done();
        }, done),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    return new Mailbox(server, messages);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
