import { connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { BackboneError, reason } from "../errors.js";
import { authenticate, type Credentials } from "./credentials.js";
import { type Greeting, greetingOf } from "./greeting.js";
import { parseServers, type Servers } from "./servers.js";
import { type TlsFiles, tlsOptions } from "./tls.js";

/** How a NATS server or cluster is reached. */
export interface ConnectionOptions {
  /** One URL or several with commas; a user and a password may stand in it. `tls://` demands TLS, as does `tls`. */
  url: string;
  credentials?: Credentials;
  tls?: TlsFiles;
}

/**
 * Connects, and keeps reconnecting for as long as the connection is open.
 * @throws BackboneError `invalid` or `bad_config` for settings that cannot be used, or that name something else than NATS;
 *   `refused` if the server does not accept who we are; `untrusted` if we do not accept who it is; `unavailable` if nobody answers
 */
export async function dial(o: ConnectionOptions): Promise<NatsConnection> {
  const servers = parseServers(o.url);
  if (o.credentials && servers.user) {
    throw new BackboneError(
      "bad_config",
      "NATS_URL names a user although there is a file with credentials; leave one of them out.",
    );
  }
  const useTls = servers.tls || o.tls !== undefined;
  const options: NodeConnectionOptions = {
    servers: servers.hosts,
    name: "vibewriter",
    timeout: 5_000,
    reconnect: true,
    maxReconnectAttempts: -1, // It is our server, or the operator's: it comes back.
    reconnectTimeWait: 50,
    reconnectJitter: 50,
    pingInterval: 10_000,
    ...(o.credentials ? await authenticate(o.credentials) : login(servers)),
    ...(useTls ? { tls: await tlsOptions(o.tls ?? {}, servers.names) } : {}),
  };
  try {
    // A cluster names its nodes to whoever knocks, and the client would try them one after the other for ever, whatever the reason.
    const trial = await connect({ ...options, ignoreClusterUpdates: true });
    await trial.close();
    return await connect(options);
  } catch (error) {
    const greetings = isRefusal(error) ? [] : await Promise.all(servers.hosts.map(greetingOf));
    throw inWords(error, servers, o, greetings);
  }
}

/** True if the server has said that these credentials are not, or no longer, good. */
export function isRefusal(error: unknown): boolean {
  return chain(error).some(({ name }) => name === "AuthorizationError" || name === "UserAuthenticationExpiredError");
}

function login({ user, password }: Servers): Partial<NodeConnectionOptions> {
  if (!user) return {};
  return password ? { user, pass: password } : { token: user };
}

function inWords(
  error: unknown,
  servers: Servers,
  o: ConnectionOptions,
  greetings: readonly (Greeting | undefined)[],
): BackboneError {
  const at = servers.hosts.join(", ");
  const as = (code: "refused" | "untrusted" | "unavailable" | "bad_config", text: string) =>
    new BackboneError(code, text, { cause: error });
  if (isRefusal(error)) {
    const what =
      o.credentials === undefined
        ? "the user and password in NATS_URL"
        : `whether ${Object.values(o.credentials).join()} is of this server and was not revoked`;
    return as("refused", `NATS at ${at} refused the credentials; check ${what}.`);
  }
  const [stranger] = greetings;
  if (stranger !== undefined && greetings.every((one) => one?.from === stranger.from) && stranger.from !== "nats") {
    const who = stranger.from === "web server" ? "A web server answers" : "Something else than NATS answers";
    return as(
      "bad_config",
      `${who} at ${at}; correct NATS_URL (nats-server listens on port 4222 unless told otherwise).`,
    );
  }
  const problem = certificateProblem(error, servers);
  if (problem) return as("untrusted", `The certificate of NATS at ${at} ${problem}`);
  const said = reason(error);
  if (/does not support 'tls'/.test(said)) {
    return as("untrusted", `NATS at ${at} offers no TLS; turn it on there, or write nats:// if the way to it is safe.`);
  }
  const isTls = servers.tls || o.tls !== undefined;
  if (isTls && greetings.some((one) => one?.from === "nats" && one.asksForCertificate)) {
    const own = o.tls?.cert;
    const todo = own === undefined ? "set VIBEWRITER_NATS_CERT and VIBEWRITER_NATS_KEY" : `it does not accept ${own}`;
    return as("refused", `NATS at ${at} asks for a client certificate that it trusts; ${todo}.`);
  }
  return as("unavailable", `Cannot connect to NATS at ${at}: ${said}. See that it runs.`);
}

/** What is wrong with the server's certificate and what to do, by the codes of OpenSSL and Node. */
function certificateProblem(error: unknown, { names }: Servers): string | undefined {
  const codes = chain(error).flatMap((one) => ("code" in one && typeof one.code === "string" ? [one.code] : []));
  if (codes.includes("CERT_HAS_EXPIRED")) return "has expired; its operator must renew it.";
  if (codes.includes("CERT_NOT_YET_VALID")) return "is not valid yet; check the clocks of both machines.";
  if (codes.includes("ERR_TLS_CERT_ALTNAME_INVALID")) {
    return `is not for ${names.join(" or ")}; use a name that stands in it, or renew it with this one.`;
  }
  const unknown = codes.find((code) =>
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_(SIGNATURE_FAILURE|UNTRUSTED)/.test(code),
  );
  if (unknown) return "is signed by an authority that is not trusted here; set VIBEWRITER_NATS_CA to the right one.";
  return undefined;
}

function chain(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && !found.includes(at); at = at.cause) found.push(at);
  return found;
}
