import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  SerializerProtocol,
} from "@langchain/langgraph-checkpoint";
import type { Blobs } from "./blobs.js";
import type { Journal } from "./journal.js";
import type { Known } from "./lines.js";
import type { CheckpointLog } from "./log.js";
import { Packer } from "./packer.js";
import type { CheckpointRecord } from "./record.js";
import type { Scope } from "./subjects.js";

/** Bytes of fresh values inside a checkpoint's message: one message is one write to disk; above this, size matters more. */
const ROOM = 128 * 1024;

/** Bytes of fresh values inside a checkpoint's message, on this server. */
export function roomFor(journal: Journal): number {
  return Math.min(ROOM, journal.largestMessage / 4);
}

type Channel = CheckpointRecord["channels"][number];

/** Stores checkpoints: what changed goes in, what did not is referred to. */
export class CheckpointWriter {
  constructor(
    readonly log: CheckpointLog,
    readonly blobs: Blobs,
    readonly serde: SerializerProtocol,
  ) {}

  /** Stores a checkpoint on top of `parent`. Safe when this returns.
   * @throws NatsSaverError `conflict` when another writer was first */
  async put(
    scope: Scope,
    parent: string | undefined,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<void> {
    const { known, end } = await this.log.base(scope, parent, metadata.source === "fork");
    // What the end of the log refers to is never pruned. Anything older may be, so a checkpoint on it stands by itself.
    const refers = known !== undefined && known.seq === end.seq;
    const packer = new Packer(this.blobs, scope, roomFor(this.log.journal));
    const { channel_values: values, ...rest } = checkpoint;
    const record: CheckpointRecord = {
      format: 1,
      thread: scope.thread,
      namespace: scope.namespace,
      id: checkpoint.id,
      ...(parent === undefined || known === undefined ? {} : { parent: { id: parent, seq: known.seq } }),
      previous: end.seq,
      checkpoint: await this.#value(packer, rest),
      metadata: await this.#value(packer, metadata),
      channels: await this.#channels(scope, packer, known, values, checkpoint.channel_versions, newVersions, refers),
    };
    await packer.stored();
    await this.log.append(scope, record, packer.area);
  }

  async #channels(
    scope: Scope,
    packer: Packer,
    known: Known | undefined,
    values: Record<string, unknown>,
    versions: ChannelVersions,
    newVersions: ChannelVersions,
    refers: boolean,
  ): Promise<Channel[]> {
    const channels: Channel[] = [];
    for (const [name, value] of Object.entries(values)) {
      const version = newVersions[name] ?? versions[name];
      const before = known?.channels.get(name);
      const isNew = version === undefined || Object.hasOwn(newVersions, name);
      if (refers && !isNew && before !== undefined && before.version === version) {
        channels.push({ name, version, value: packer.repeat(before.value) });
      } else if (isNew || known !== undefined || this.log.hasVersion(scope, name, version)) {
        // Also for a version that is not new but that the parent lacks: a copied checkpoint has its grandparent as parent.
        channels.push({ name, version, value: await this.#value(packer, value, refers ? before : undefined) });
      }
    }
    return channels;
  }

  async #value(packer: Packer, value: unknown, before?: { value: { segments: Parameters<Packer["add"]>[2] } }) {
    const [type, bytes] = await this.serde.dumpsTyped(value);
    return packer.add(type, bytes, before?.value.segments);
  }
}
