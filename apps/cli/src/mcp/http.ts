import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { codeOf, messageOf } from "@vibewriter/server";
import { UsageError } from "../exit.js";
import { showsToken } from "./token.js";

const HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);
/** Until a request has to be there whole. */
const REQUEST_MS = 30_000;

interface Door {
  /** Of 127.0.0.1; 0: any that is free. */
  readonly port: number;
  readonly token: string;
  /** A server for one request. */
  readonly serve: () => McpServer;
  readonly onTrouble: (message: string) => void;
}

/**
 * Streamable HTTP on a port of 127.0.0.1, under `/mcp`, for whoever shows the token. Each request is served by itself: there are no sessions
 * that a client could leave behind, or two could mix up.
 */
export class McpPort implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws UsageError if the port is taken or not ours to take */
  static async open(door: Door): Promise<McpPort> {
    const server = createServer((request, response) => void answer(request, response, door));
    server.requestTimeout = REQUEST_MS;
    server.listen({ port: door.port, host: "127.0.0.1" });
    try {
      await once(server, "listening");
    } catch (cause) {
      const why = codeOf(cause) === "EADDRINUSE" ? "is taken" : "cannot be used";
      throw new UsageError(`The port ${door.port} ${why}; name another one with --http.`, { cause });
    }
    return new McpPort(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const refuse = (status: number, message: string, headers: Record<string, string> = {}): void => {
    const body = { jsonrpc: "2.0", error: { code: -32_000, message }, id: null };
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
  const { host, origin, authorization } = request.headers;
  // A page in a browser that has its own name point here would send that name along, or its own origin.
  if (!isHere(`http://${host ?? ""}`)) return refuse(403, "This host name is not served here.");
  if (origin !== undefined && !isHere(origin)) return refuse(403, "This origin is not served here.");
  if (!showsToken(authorization, door.token)) {
    return refuse(401, "Show the token of the home's mcp-token file.", { "www-authenticate": "Bearer" });
  }
  if (request.url?.split("?")[0] !== "/mcp") return refuse(404, "There is only /mcp here.");
  if (request.method !== "POST") return refuse(405, "Nothing is sent without being asked for.", { allow: "POST" });
  await serveOnce(request, response, door).catch((error: unknown) => {
    door.onTrouble(messageOf(error));
    if (response.headersSent) response.destroy();
    else refuse(500, "It failed here; the command's standard error says why.");
  });
}

async function serveOnce(
  request: IncomingMessage,
  response: ServerResponse,
  { serve, onTrouble }: Door,
): Promise<void> {
  const server = serve();
  // Also when the client has gone away: whatever was asked hears of it.
  response.once("close", () => void server.close().catch((error: unknown) => onTrouble(messageOf(error))));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await server.connect(transport);
  await transport.handleRequest(request, response);
}

function isHere(address: string): boolean {
  return URL.canParse(address) && HOSTS.has(new URL(address).hostname);
}
