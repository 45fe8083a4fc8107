import { errors, type NatsConnection } from "@nats-io/transport-node";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import { atLeast } from "../server/nats-binary.js";
import { type ConnectionOptions, dial } from "./dial.js";

const ASK_MS = 2_000;
const OFF_FOR_ACCOUNT = 10_039;
const OFF = 10_076;

const accountInfoSchema = z.object({ error: z.object({ err_code: z.number() }).optional() });

/**
 * Connects as {@link dial} does, to a server that keeps streams for these credentials.
 * @throws BackboneError as {@link dial}; `too_old`, `no_jetstream`
 */
export async function dialJetStream(o: ConnectionOptions): Promise<NatsConnection> {
  const connection = await dial(o);
  try {
    const at = `NATS at ${connection.getServer()}`;
    refuseTooOld(connection.info?.version ?? "", at);
    await requireJetStream(connection, at);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Below 2.9 nothing here was ever tried, and a server says nothing of the settings that it ignores.
 * @throws BackboneError `too_old`
 */
export function refuseTooOld(version: string, what: string): void {
  if (atLeast(version, 2, 9)) return;
  const why = `${what} is of version ${version || "unknown"}, which is too old; use nats-server 2.12 or later (2.9 to 2.11 work, as the degraded tier).`;
  throw new BackboneError("too_old", why);
}

/** Asked at once, since the calls that need it wait for a server that is only starting. @throws BackboneError `no_jetstream` */
async function requireJetStream(connection: NatsConnection, at: string): Promise<void> {
  switch (await refusal(connection)) {
    case OFF_FOR_ACCOUNT:
      throw new BackboneError(
        "no_jetstream",
        `${at} keeps no streams for the account of these credentials; have its operator write jetstream: enabled into the account, or use another.`,
      );
    case OFF:
      throw new BackboneError(
        "no_jetstream",
        `${at} runs without JetStream; start it with --jetstream, or with jetstream { store_dir: ... } in its configuration.`,
      );
  }
}

/** The code with which JetStream is refused; `undefined` if it is not, or if nothing can be said yet. */
async function refusal(connection: NatsConnection): Promise<number | undefined> {
  try {
    const answer = await connection.request("$JS.API.INFO", "", { timeout: ASK_MS });
    return accountInfoSchema.parse(answer.json()).error?.err_code;
  } catch (error) {
    // Nobody has JetStream, unless this server says that it does and is not ready yet.
    const isNobody = error instanceof errors.RequestError && error.isNoResponders();
    return isNobody && connection.info?.jetstream !== true ? OFF : undefined;
  }
}
