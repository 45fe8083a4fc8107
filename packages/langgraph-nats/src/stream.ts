import { DiscardPolicy, type JetStreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { NatsSaverError } from "./errors.js";
import { persevere } from "./retry.js";
import { BUCKET, PREFIX, STREAM } from "./subjects.js";

/** What a journal has to know of the stream that it reads and writes. */
export interface StreamKind {
  stream: string;
  /** What one message, and what one subject, is to a person. */
  one: string;
  whole: string;
  /** What to keep less in where a message grows too large. */
  heavy: string;
  /** @throws NatsSaverError `unsuitable` when the stream could lose what it acknowledges */
  inspect(manager: JetStreamManager): Promise<Inspected>;
}

export interface Inspected {
  replicas: number;
  /** Whether the server removes a message when its own time is over (nats-server 2.11). */
  expires?: boolean;
}

export const STATE: StreamKind = {
  stream: STREAM,
  one: "a checkpoint",
  whole: "a thread",
  heavy: "the metadata",
  inspect: inspectStream,
};

/** Creates the state stream and the object store for large values where they are missing, and checks what is there.
 * @throws NatsSaverError `unsuitable` when an existing stream has settings under which checkpoints could be lost */
export async function createStream(manager: JetStreamManager, replicas: number): Promise<void> {
  const wanted = {
    name: STREAM,
    subjects: [`${PREFIX}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // A full stream must refuse new checkpoints, not drop old ones.
    discard: DiscardPolicy.New,
    allow_direct: true,
    num_replicas: replicas,
  };
  await persevere("create the state stream", async () => {
    if (!(await exists(manager, STREAM))) await manager.streams.add(wanted);
    // Read back: older servers accept settings that they do not know, and do nothing.
    await inspectStream(manager);
    await new Objm(manager.jetstream()).create(BUCKET, { storage: StorageType.File, replicas });
  });
}

/** Reads the stream's configuration and makes sure that it keeps what it acknowledges. */
export async function inspectStream(manager: JetStreamManager): Promise<Inspected> {
  const { config } = await manager.streams.info(STREAM);
  const wrong: string[] = [];
  if (config.storage !== StorageType.File) wrong.push(`storage is "${config.storage}", not "file"`);
  if (config.retention !== RetentionPolicy.Limits) wrong.push(`retention is "${config.retention}", not "limits"`);
  if (config.discard !== DiscardPolicy.New) wrong.push(`discard is "${config.discard}", not "new"`);
  if (config.max_age > 0) wrong.push("messages have a maximum age");
  if (config.max_msgs_per_subject > 0) wrong.push("messages per subject are limited");
  if (config.allow_direct !== true) wrong.push("direct reads are off");
  if (!config.subjects?.some((subject) => subject === `${PREFIX}.>`)) wrong.push(`it does not listen to "${PREFIX}.>"`);
  if (wrong.length > 0) {
    throw new NatsSaverError(
      "unsuitable",
      `The stream ${STREAM} cannot hold checkpoints: ${wrong.join("; ")}. Edit it with \`nats stream edit\`, or use another account.`,
    );
  }
  return { replicas: config.num_replicas };
}

export async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "StreamNotFoundError") return false;
    throw error;
  }
}
