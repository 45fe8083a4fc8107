import type { StreamInfo } from "@nats-io/jetstream";
import { millis as nanosToMs } from "@nats-io/transport-node";
import type { ConnectionOptions } from "../connection/dial.js";
import { dialJetStream } from "../connection/suitable.js";
import { BackboneError } from "../errors.js";
import { Link } from "../link/link.js";
import { apiCode, codeOf } from "../link/transient.js";
import { streamNames } from "../operations/stream-names.js";
import { agentApi } from "./roles.js";

/** A server of a cluster that was not heard of for so long is away; a living one speaks every second. */
const SILENT_MS = 4_000;

/**
 * Deletes every stream of a tenant's account and of its agents' accounts, with the credentials of an operator of the tenant.
 * @returns how many there were
 * @throws BackboneError `unavailable` while a server that has a copy of one is away: that copy would stay
 */
export async function eraseAccount(o: ConnectionOptions, agents: readonly string[]): Promise<number> {
  const connection = await dialJetStream(o);
  try {
    const links = [await Link.over(connection)];
    for (const agent of agents) {
      links.push(await Link.over(connection, { imported: { apiPrefix: agentApi(agent), newsPrefix: "" } }));
    }
    // All are looked at before the first is deleted: half a tenant is of use to nobody.
    const found = await Promise.all(links.map(async (link) => ({ link, streams: await streamsOf(link) })));
    for (const { streams } of found) refuseIfAway(streams);
    for (const { link, streams } of found) for (const { config } of streams) await deleteStream(link, config.name);
    return found.flatMap(({ streams }) => streams).length;
  } finally {
    await connection.close();
  }
}

async function streamsOf(link: Link): Promise<StreamInfo[]> {
  const streams: StreamInfo[] = [];
  // One by one: a list leaves out the streams that have no leader at the moment.
  for (const name of await streamNames(link)) {
    streams.push(await link.patiently(`look at the stream ${name}`, () => link.jsm.streams.info(name)));
  }
  return streams;
}

function refuseIfAway(streams: readonly StreamInfo[]): void {
  for (const { config, cluster } of streams) {
    const away = cluster?.replicas?.find(({ offline, active }) => offline === true || nanosToMs(active) > SILENT_MS);
    if (away === undefined) continue;
    const why = `${away.name} is away and has a copy of ${config.name}, which would stay there; start it, then try again.`;
    throw new BackboneError("unavailable", why);
  }
}

async function deleteStream(link: Link, name: string): Promise<void> {
  await link.patiently(`delete the stream ${name}`, async () => {
    await link.jsm.streams.delete(name).catch((error: unknown) => {
      // By an earlier try whose answer was lost.
      if (codeOf(error) !== apiCode.streamNotFound) throw error;
    });
  });
}
