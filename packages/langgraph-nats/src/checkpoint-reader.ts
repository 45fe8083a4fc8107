import {
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
  maxChannelVersion,
  type SerializerProtocol,
  TASKS,
} from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import type { Blobs } from "./blobs.js";
import { configFor } from "./config.js";
import type { CheckpointLog } from "./log.js";
import type { Stored } from "./record.js";
import { Scope } from "./subjects.js";
import { Unpacker } from "./unpacker.js";
import type { StoredValue } from "./values.js";
import type { PendingWrites } from "./writes.js";

/** The format before which LangGraph kept pending sends beside the checkpoint. */
const SENDS_INSIDE = 4;

const versionsSchema = z.record(z.string(), z.union([z.number(), z.string()]));

const bodySchema = z.looseObject({
  v: z.number(),
  id: z.string(),
  ts: z.string(),
  channel_versions: versionsSchema.default({}),
});

/** Turns stored checkpoints into what LangGraph reads. */
export class CheckpointReader {
  constructor(
    readonly log: CheckpointLog,
    readonly blobs: Blobs,
    readonly writes: PendingWrites,
    readonly serde: SerializerProtocol,
  ) {}

  /** The whole of a checkpoint: its values, metadata and pending writes. */
  async tuple(stored: Stored): Promise<CheckpointTuple> {
    const { record } = stored;
    const scope = this.#scopeOf(stored);
    const [checkpoint, metadata, pendingWrites] = await Promise.all([
      this.#checkpoint(stored, scope),
      this.metadata(stored),
      this.writes.of(scope, record.id),
    ]);
    const { thread, namespace, parent } = record;
    return {
      config: configFor(thread, namespace, record.id),
      checkpoint,
      metadata,
      pendingWrites,
      ...(parent === undefined ? {} : { parentConfig: configFor(thread, namespace, parent.id) }),
    };
  }

  async metadata(stored: Stored): Promise<CheckpointMetadata> {
    const unpacker = this.#unpacker(stored);
    return this.#load(unpacker, stored, stored.record.metadata, "the metadata");
  }

  /** The checkpoint without its channel values. */
  async body(stored: Stored): Promise<z.infer<typeof bodySchema>> {
    return bodySchema.parse(await this.#load(this.#unpacker(stored), stored, stored.record.checkpoint, "the body"));
  }

  /** The value of one channel, or `undefined` if the checkpoint holds none. */
  async channel(stored: Stored, name: string): Promise<{ value: unknown } | undefined> {
    const channel = stored.record.channels.find((each) => each.name === name);
    if (channel === undefined) return undefined;
    return { value: await this.#load(this.#unpacker(stored), stored, channel.value, `channel "${name}"`) };
  }

  async #checkpoint(stored: Stored, scope: Scope): Promise<Checkpoint> {
    const { record } = stored;
    const unpacker = this.#unpacker(stored);
    const [body, ...values] = await Promise.all([
      this.#load(unpacker, stored, record.checkpoint, "the body"),
      ...record.channels.map(async ({ name, value }): Promise<[string, unknown]> => {
        return [name, await this.#load(unpacker, stored, value, `channel "${name}"`)];
      }),
    ]);
    const checkpoint: Checkpoint = {
      versions_seen: {},
      ...bodySchema.parse(body),
      channel_values: Object.fromEntries(values),
    };
    if (checkpoint.v < SENDS_INSIDE && record.parent !== undefined) {
      await this.#moveSendsInside(checkpoint, scope, record.parent.id);
    }
    return checkpoint;
  }

  async #moveSendsInside(checkpoint: Checkpoint, scope: Scope, parent: string): Promise<void> {
    const sends = (await this.writes.of(scope, parent))
      .filter(([, channel]) => channel === TASKS)
      .map(([, , value]) => value);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = sends;
    checkpoint.channel_versions[TASKS] = versions.length > 0 ? maxChannelVersion(...versions) : 1;
  }

  async #load(unpacker: Unpacker, stored: Stored, value: StoredValue, part: string) {
    const what = `In checkpoint ${stored.record.id} of thread "${stored.record.thread}", ${part}`;
    return this.serde.loadsTyped(value.type, await unpacker.bytes(value.segments, stored.area, what));
  }

  #unpacker(stored: Stored): Unpacker {
    return new Unpacker(this.log.journal, this.blobs, this.#scopeOf(stored));
  }

  #scopeOf({ record }: Stored): Scope {
    return new Scope(this.log.writer.agent, record.thread, record.namespace);
  }
}
