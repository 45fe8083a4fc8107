import { existsSync } from "node:fs";
import { jetstreamManager } from "@nats-io/jetstream";
import { type ConnectionOptions, dial } from "../connection/dial.js";
import { EffectStream } from "../effects/effect-stream.js";
import { Link } from "../link/link.js";
import { tenantFiles } from "../server/nats-config.js";
import type { NatsServer } from "../server/nats-server.js";
import { CHOIR_KINDS, CHOIR_STREAM } from "./accounts.js";
import { Tenants } from "./tenants.js";

/** Gives the embedded server of a home tenants from its next start on. Nothing if it has them. */
export async function enableTenants(runDir: string): Promise<void> {
  await Tenants.enable(tenantFiles(runDir));
}

/** The tenants of the embedded server that runs in `runDir`, or `undefined` if it has none. */
export async function embeddedTenants(server: NatsServer, runDir: string): Promise<Tenants | undefined> {
  const files = tenantFiles(runDir);
  if (!existsSync(files.registerPath)) return undefined;
  await keepChoir({ url: server.url, credentials: { nkeyFile: files.keeperPath } });
  return new Tenants({ ...files, apply: () => server.reload() });
}

/** Makes the stream that all tenants share, with the credentials of the Choir's keeper. Nothing if it is there. */
export async function keepChoir(o: ConnectionOptions): Promise<void> {
  const connection = await dial(o);
  try {
    await EffectStream.open(await Link.over(connection), CHOIR_STREAM, CHOIR_KINDS);
  } finally {
    await connection.close();
  }
}

/** Deletes every stream of an account, with the credentials of an operator of it. */
export async function eraseAccount(o: ConnectionOptions): Promise<void> {
  const connection = await dial(o);
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
  } finally {
    await connection.close();
  }
}
