import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { codeOf, ServerError } from "../errors.js";
import type { Metrics } from "./metrics.js";

const HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);
const TIMEOUT_MS = 30_000;

/** `/metrics` on a port of 127.0.0.1, for a Prometheus on this machine, and nothing else there. */
export class MetricsPort implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Throws ServerError bad_config when the port is taken or not ours to take. */
  static async open(port: number, metrics: Pick<Metrics, "text" | "contentType">): Promise<MetricsPort> {
    const server = createServer((request, response) => void answer(request, response, metrics));
    server.requestTimeout = TIMEOUT_MS;
    server.listen({ port, host: "127.0.0.1" });
    try {
      await once(server, "listening");
    } catch (cause) {
      const why = codeOf(cause) === "EADDRINUSE" ? "is taken" : "cannot be used";
      const message = `The port ${port} for metrics ${why}; set metricsPort (VIBEWRITER_METRICS_PORT) to another one.`;
      throw new ServerError("bad_config", message, { cause });
    }
    return new MetricsPort(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Pick<Metrics, "text" | "contentType">,
): Promise<void> {
  const { pathname, hostname } = addressOf(request);
  // A page in a browser that has its own name point here would send that name along.
  if (!HOSTS.has(hostname)) return void response.writeHead(403).end();
  if (request.method !== "GET" || pathname !== "/metrics") return void response.writeHead(404).end();
  try {
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(text);
  } catch {
    response.writeHead(500).end(); // The scrape is marked as failed; the next one comes.
  }
}

function addressOf({ url = "/", headers }: IncomingMessage): { pathname: string; hostname: string } {
  const whole = `http://${headers.host ?? ""}${url}`;
  return URL.canParse(whole) ? new URL(whole) : { pathname: "", hostname: "" };
}
