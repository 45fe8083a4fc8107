import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";

export interface TestWeb extends AsyncDisposable {
  /** Leads every name to the server. */
  readonly dispatcher: Agent;
  /** The address of a page at a host of this web. */
  at(host: string, path: string): string;
  /** What was asked, as `host/path`, in that order. */
  readonly asked: string[];
  /** The most requests that one host had at the same time. */
  readonly mostAtOnce: () => number;
}

/** A web of any hosts on this machine; what `answer` does not answer is a 404. */
export async function testWeb(
  answer: (place: string, response: ServerResponse, request: IncomingMessage) => boolean | Promise<boolean>,
): Promise<TestWeb> {
  const asked: string[] = [];
  const busy = new Map<string, number>();
  let most = 0;
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const place = `${host}${request.url}`;
    asked.push(place);
    busy.set(host, (busy.get(host) ?? 0) + 1);
    most = Math.max(most, busy.get(host) ?? 0);
    response.on("close", () => busy.set(host, (busy.get(host) ?? 1) - 1));
    void Promise.resolve(answer(place, response, request)).then((isAnswered) => {
      if (!isAnswered) response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const dispatcher = new Agent({
    connect: {
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
    },
  });
  return {
    dispatcher,
    asked,
    at: (host, path) => `http://${host}:${port}${path}`,
    mostAtOnce: () => most,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
