import { connect as dial, type NatsConnection } from "@nats-io/transport-node";
import { authenticate, type Credentials } from "./credentials.js";
import { NatsSaverError } from "./errors.js";

/** Connects to the servers of a URL: `nats://[user:password@|token@]host[:port][,host[:port]...]` (`tls://` for TLS).
 * Keeps reconnecting for as long as the connection is open.
 * @throws NatsSaverError `invalid`, `refused` or `unavailable` */
export async function connect(url: string, files?: Credentials): Promise<NatsConnection> {
  const [, scheme, credentials, hosts] = /^(nats|tls):\/\/(?:([^@]*)@)?([^@/]+)\/?$/.exec(url) ?? [];
  if (hosts === undefined) {
    throw new NatsSaverError("invalid", "The NATS URL cannot be used: write it as nats://user:password@host:4222.");
  }
  const [user, password] = (credentials ?? "").split(":", 2).map(decodeURIComponent);
  if (user && files !== undefined) {
    throw new NatsSaverError("invalid", "The NATS URL names a user, and so do the credentials: leave one of them out.");
  }
  const named = !user ? {} : password === undefined ? { token: user } : { user, pass: password };
  const login = files === undefined ? named : await authenticate(files);
  try {
    return await dial({
      servers: hosts.split(","),
      name: "langgraph-nats",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      timeout: 5_000,
      ...login,
      ...(scheme === "tls" ? { tls: {} } : {}),
    });
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    if (name === "AuthorizationError" || name === "UserAuthenticationExpiredError") {
      const what = files === undefined ? "the user and password in the URL" : Object.values(files).join();
      const text = `NATS at ${hosts} refused the credentials: check ${what}.`;
      throw new NatsSaverError("refused", text, { cause });
    }
    throw new NatsSaverError("unavailable", `No NATS server answers at ${hosts}: start one, or correct the URL.`, {
      cause,
    });
  }
}
