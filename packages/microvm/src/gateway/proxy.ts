import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import type { Duplex, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Exchange } from "./exchange.js";
import { type Headers, passable, sizeOf } from "./headers.js";
import { type DoorHandler, maxHeaderBytes, type Tunnel } from "./http-door.js";
import type { Openings } from "./openings.js";
import type { Outside } from "./outside.js";
import { type EgressPolicy, limitsMethods, ruleFor } from "./policy.js";
import { Refusal } from "./refusal.js";
import { Secrets } from "./secrets.js";
import { type Target, targetOf, tunnelTarget } from "./target.js";
import { runTunnel } from "./tunnel.js";
import type { Upstream } from "./upstream.js";

/** What a request may use of the gateway. */
export interface ProxySession {
  readonly policy: EgressPolicy;
  readonly vm: { readonly id: string };
}

/** One request as it goes to a server. */
interface Errand {
  name: string;
  port: number;
  tls: boolean;
  path: string;
  headers: Headers;
  upstream?: Upstream;
}

/** The proxy door: pages and APIs that the host fetches, named upstreams, and tunnels. */
export class ProxyDoor implements DoorHandler<ProxySession> {
  readonly #outside: Outside;
  readonly #openings: Openings;
  readonly #upstreams: ReadonlyMap<string, Upstream>;

  constructor(o: { outside: Outside; openings: Openings; upstreams: ReadonlyMap<string, Upstream> }) {
    this.#outside = o.outside;
    this.#openings = o.openings;
    this.#upstreams = o.upstreams;
  }

  async request(exchange: Exchange, session: ProxySession, request: IncomingMessage, response: ServerResponse) {
    const { signal, account } = exchange;
    account.countRequest();
    const target = targetOf(request);
    const secrets = this.secrets();
    const errand = this.#errand(exchange, session, target, request);
    this.#refuseLeak(secrets, errand.path, Object.values(passable(request.headersDistinct)).flat());
    await pause(exchange.count("up", sizeOf(request)), signal);
    const way = await this.#outside.open({ ...errand, signal });
    try {
      exchange.allow();
      await carry({ exchange, request, response, errand, way, secrets });
    } finally {
      way.destroy();
    }
  }

  async connect(exchange: Exchange, session: ProxySession, request: IncomingMessage): Promise<Tunnel> {
    const { signal, account } = exchange;
    account.countRequest();
    const { name, port } = tunnelTarget(request);
    exchange.describe({ host: name, port });
    this.#admit(exchange, session, { name, port, method: "CONNECT" });
    const way = await this.#outside.open({ name, port, tls: false, signal });
    return (stream, head) => runTunnel({ exchange, name, stream, head, way });
  }

  /** Throws Refusal unless a rule allows this, and the names that its wildcard has stood for are few. */
  authorize(exchange: Exchange, policy: EgressPolicy, asked: { name: string; port: number; method: string }): void {
    const rule = ruleFor(policy, asked);
    if (rule === undefined) {
      const what = `${asked.method} to ${asked.name}:${asked.port}`;
      throw new Refusal("not_allowed", `This VM may not do ${what}; ask the operator to allow it, or work without it.`);
    }
    exchange.account.countName(asked.name, rule);
  }

  /**
   * As `authorize`, within what is open for the VM besides: what rests on that ends with it. Where the operator has said by which methods a server
   * may be reached, no opening says otherwise, so nobody is told to ask for one either. Throws Refusal.
   */
  #admit(
    exchange: Exchange,
    { policy, vm }: ProxySession,
    asked: { name: string; port: number; method: string },
  ): void {
    if (ruleFor(policy, asked) === undefined && !limitsMethods(policy, asked)) {
      const opening = this.#openings.find(vm.id, asked);
      if (opening !== undefined) {
        exchange.endWith(opening.signal);
        return;
      }
      this.#openings.refused(vm.id, { host: asked.name, port: asked.port });
    }
    this.authorize(exchange, policy, asked);
  }

  /** The credentials of all upstreams as they are now. */
  secrets(): Secrets {
    return new Secrets([...this.#upstreams.values()].flatMap(({ secret }) => secret ?? []));
  }

  #errand(exchange: Exchange, session: ProxySession, target: Target, request: IncomingMessage): Errand {
    const method = request.method ?? "";
    const { "content-length": _, ...headers } = passable(request.headersDistinct);
    if (target.kind === "web") {
      const { name, port, tls, path } = target;
      exchange.describe({ host: name, port });
      this.#admit(exchange, session, { name, port, method });
      const isDefault = port === (tls ? 443 : 80);
      return { name, port, tls, path, headers: { ...headers, host: isDefault ? name : `${name}:${port}` } };
    }
    exchange.describe({ host: "gateway", name: target.upstream });
    const upstream = this.#upstreams.get(target.upstream);
    if (upstream === undefined || !session.policy.upstreams?.includes(upstream.name)) {
      const code = upstream === undefined ? "unknown_upstream" : "upstream_not_allowed";
      throw new Refusal(
        code,
        "This VM has no upstream of that name; ask the operator to name it in the egress policy.",
      );
    }
    const { host: name, port } = upstream;
    const path = upstream.pathFor(method, target);
    exchange.describe({ host: name, port });
    const host = port === 443 ? name : `${name}:${port}`;
    return { name, port, tls: true, path, headers: { ...upstream.withCredential(headers), host }, upstream };
  }

  /** No VM has a credential of this host, unless somebody put it there: then it goes no further. */
  #refuseLeak(secrets: Secrets, path: string, values: readonly string[]): void {
    if (![path, ...values].some((text) => secrets.isIn(text))) return;
    throw leak();
  }
}

/** Sends a request over a connection and its answer back, both no faster than the VM may and without credentials of this host. */
async function carry(o: {
  exchange: Exchange;
  request: IncomingMessage;
  response: ServerResponse;
  errand: Errand;
  way: Duplex;
  secrets: Secrets;
}): Promise<void> {
  const { exchange, request, response, errand, way, secrets } = o;
  const { signal } = exchange;
  const { path, upstream } = errand;
  const framing = framingOf(request);
  const outgoing = sendRequest({
    createConnection: () => way,
    method: request.method,
    path,
    headers: { ...errand.headers, ...framing },
    setHost: false,
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
  });
  try {
    // An error after the answer has begun shows in the answer's own end.
    outgoing.on("error", (error) => exchange.abort(error));
    outgoing.once("upgrade", () => exchange.abort(new Refusal("bad_answer", "The server wants another protocol.")));
    if (Object.keys(framing).length === 0) outgoing.end();
    else upload(request, [exchange.meter("up"), secrets.filter(leak)], outgoing, exchange);
    const [incoming]: IncomingMessage[] = await once(outgoing, "response", { signal });
    if (incoming === undefined) throw new Refusal("bad_answer", "The server gave no answer.");
    const status = incoming.statusCode ?? 0;
    exchange.describe({ status });
    await pause(exchange.count("down", sizeOf(incoming)), signal);
    const headers = upstream
      ? cleaned(passable(incoming.headersDistinct), upstream, path, secrets)
      : passable(incoming.headersDistinct);
    response.writeHead(status, headers);
    const looks = upstream ? [secrets.filter()] : [];
    await pipeline([incoming, ...looks, exchange.meter("down"), response], { signal });
  } finally {
    outgoing.destroy();
  }
}

/** Not a pipeline: the end of the upload must not take with it the connection on which the answer goes back. */
function upload(
  request: IncomingMessage,
  through: Transform[],
  outgoing: NodeJS.WritableStream,
  exchange: Exchange,
): void {
  let last: NodeJS.ReadableStream = request;
  for (const step of through) {
    step.on("error", (error) => exchange.abort(error));
    last = last.pipe(step);
  }
  last.pipe(outgoing);
}

/** How the body is framed on its next way, from what the parser made of it, not from what the program wrote. */
function framingOf(request: IncomingMessage): Record<string, string> {
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw new Refusal("bad_request", "The request's body has a transfer coding other than chunked; send it without.");
  }
  if (coding !== undefined) return { "transfer-encoding": "chunked" };
  const length = request.headers["content-length"];
  return length === undefined || length === "0" ? noBody(request) : { "content-length": length };
}

function noBody(request: IncomingMessage): Record<string, string> {
  return /^(?:POST|PUT|PATCH)$/.test(request.method ?? "") ? { "content-length": "0" } : {};
}

/** The headers of an upstream's answer, with nothing of the credential in them. Throws Refusal `bad_answer` where that cannot be seen. */
function cleaned(headers: Headers, upstream: Upstream, path: string, secrets: Secrets): Headers {
  if (headers["content-encoding"] !== undefined && headers["content-encoding"][0] !== "identity") {
    throw new Refusal(
      "bad_answer",
      `The upstream ${upstream.name} compresses what it was asked not to; tell the operator.`,
    );
  }
  const clean = Object.entries(headers).map(([name, values]) => {
    const texts = [values].flat().map((text) => secrets.redacted(text));
    return [name, name === "location" ? texts.map((text) => upstream.locationFor(text, path)) : texts];
  });
  return Object.fromEntries(clean);
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs < 1) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener("abort", () => [clearTimeout(timer), reject(signal.reason)], { once: true });
  });
}

function leak(): Refusal {
  const text =
    "A credential of the host was in this request, and was not sent; no program in a VM should have it: tell the operator.";
  return new Refusal("credential_leak", text);
}
