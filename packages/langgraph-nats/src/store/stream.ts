import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { NatsSaverError } from "../errors.js";
import { isAtLeast } from "../journal.js";
import { persevere } from "../retry.js";
import { exists, type Inspected, type StreamKind } from "../stream.js";
import { MEMORY_BUCKET, MEMORY_PREFIX, MEMORY_STREAM } from "./subjects.js";

export const MEMORY: StreamKind = {
  stream: MEMORY_STREAM,
  one: "an item",
  whole: "the versions of an item",
  heavy: "its namespace and key",
  inspect,
};

/** Creates the stream of items and the object store for large values where they are missing, and checks what is there.
 * @throws NatsSaverError `unsuitable` when an existing stream has settings under which items could be lost */
export async function createMemoryStream(
  manager: JetStreamManager,
  version: string,
  o: { replicas: number; history: number },
): Promise<void> {
  const wanted = {
    name: MEMORY_STREAM,
    subjects: [`${MEMORY_PREFIX}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // A full stream must refuse new items; of one item, the oldest version makes room for the newest.
    discard: DiscardPolicy.New,
    max_msgs_per_subject: o.history,
    allow_direct: true,
    num_replicas: o.replicas,
    ...(isAtLeast(version, [2, 11, 0]) ? { allow_msg_ttl: true } : {}),
  };
  await persevere(`create the stream ${MEMORY_STREAM}`, async () => {
    if (!(await exists(manager, MEMORY_STREAM))) await manager.streams.add(wanted);
    // Read back: older servers accept settings that they do not know, and do nothing.
    await inspect(manager);
    await new Objm(manager.jetstream()).create(MEMORY_BUCKET, { storage: StorageType.File, replicas: o.replicas });
  });
}

async function inspect(manager: JetStreamManager): Promise<Inspected> {
  const { config } = await manager.streams.info(MEMORY_STREAM);
  const wrong: string[] = [];
  if (config.storage !== StorageType.File) wrong.push(`storage is "${config.storage}", not "file"`);
  if (config.retention !== RetentionPolicy.Limits) wrong.push(`retention is "${config.retention}", not "limits"`);
  if (config.discard !== DiscardPolicy.New) wrong.push(`discard is "${config.discard}", not "new"`);
  if (config.discard_new_per_subject === true) wrong.push("a new version of an item with many is refused");
  if (config.max_age > 0) wrong.push("messages have a maximum age");
  if (config.allow_direct !== true) wrong.push("direct reads are off");
  if (!config.subjects?.includes(`${MEMORY_PREFIX}.>`)) wrong.push(`it does not listen to "${MEMORY_PREFIX}.>"`);
  if (wrong.length > 0) {
    throw new NatsSaverError(
      "unsuitable",
      `The stream ${MEMORY_STREAM} cannot hold items: ${wrong.join("; ")}. Edit it with \`nats stream edit\`, or use another account.`,
    );
  }
  return { replicas: config.num_replicas, expires: config.allow_msg_ttl === true };
}
