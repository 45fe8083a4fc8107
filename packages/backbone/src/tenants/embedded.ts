import { existsSync } from "node:fs";
import type { ConnectionOptions } from "../connection/dial.js";
import { dialJetStream } from "../connection/suitable.js";
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
  const connection = await dialJetStream(o);
  try {
    await EffectStream.open(await Link.over(connection), CHOIR_STREAM, CHOIR_KINDS);
  } finally {
    await connection.close();
  }
}
