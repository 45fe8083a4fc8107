import type { NatsConnection } from "@nats-io/transport-node";
import { z } from "zod";
import { Backbone } from "../backbone.js";
import type { ConnectionOptions } from "../connection/dial.js";

/** The buckets that the parts of the system keep their records in. Only an operator may make one. */
export const BUCKETS = [
  "VIBEWRITER_RUNS",
  "VIBEWRITER_APPROVALS",
  "VIBEWRITER_APPROVERS",
  "VIBEWRITER_GRANTS",
  "VIBEWRITER_PUBLICATIONS",
  "VIBEWRITER_VERIFICATIONS",
  "VIBEWRITER_CHECKERS",
  "VIBEWRITER_SIGNATURES",
  "VIBEWRITER_NOTIFICATIONS",
  "VIBEWRITER_FOLLOWS",
  "VIBEWRITER_WORKERS",
  "VIBEWRITER_META",
  "VIBEWRITER_FOLDERS",
  "VIBEWRITER_SKILLS",
  "VIBEWRITER_RECORDINGS",
  "vibewriter-evidence",
  "vibewriter-addresses",
  "vibewriter-answers",
  "vibewriter-searches",
] as const;

/**
 * Makes every stream and bucket of an account, with the credentials of an operator of it, so that workers and clients
 * need not. `more` makes what others keep there, such as checkpoints. Nothing happens to what is there.
 */
export async function prepareAccount(
  o: ConnectionOptions,
  more: (connection: NatsConnection, replicas: number) => Promise<void>,
): Promise<void> {
  await using backbone = await Backbone.open({ ...o, home: "" });
  for (const bucket of BUCKETS) await backbone.records(bucket, z.unknown());
  await (await backbone.collectUndelivered())[Symbol.asyncDispose]();
  await backbone.prepareAudit();
  await more(backbone.connection, backbone.replicas);
}
