import type { SerializerProtocol } from "@langchain/langgraph-checkpoint";
import { NatsSaverError } from "../errors.js";
import type { Journal } from "../journal.js";
import { describe, isLive, openItem, type Stored, type StoreItem, type StoreVersion, versionOf } from "./item.js";
import type { Pieces } from "./pieces.js";

/** Turns messages into items. */
export class Reader {
  constructor(
    readonly journal: Journal,
    readonly pieces: Pieces,
    readonly serde: SerializerProtocol,
  ) {}

  /** The newest message of an item that exists. */
  async live(subject: string): Promise<Stored | undefined> {
    const entry = await this.journal.last(subject);
    const stored = entry === undefined ? undefined : openItem(entry);
    return stored !== undefined && isLive(stored) ? stored : undefined;
  }

  /** The item of a message that holds a value. */
  async item(stored: Stored): Promise<StoreItem> {
    const { size: _, ...info } = describe(stored);
    const { value } = stored.head;
    if (value === undefined)
      throw new NatsSaverError("invalid", `Item "${info.key}" was deleted in version ${info.version}.`);
    return { ...info, value: await this.serde.loadsTyped(value.type, await this.pieces.read(value.piece, stored)) };
  }

  async history(
    subject: string,
    spared: <T>(read: () => Promise<T>) => Promise<T | undefined>,
  ): Promise<StoreVersion[]> {
    const versions = new Map<number, StoreVersion>();
    for await (const entry of this.journal.from(subject, 1)) {
      const version = await spared(async () => this.#version(openItem(entry)));
      if (version !== undefined) versions.set(version.version, version);
    }
    return [...versions.values()].reverse();
  }

  async version(subject: string, version: number): Promise<StoreItem | null> {
    const stored = (await this.#at(subject, version)) ?? (await this.#copy(subject, version));
    return stored?.head.value === undefined ? null : this.item(stored);
  }

  async #version(stored: Stored): Promise<StoreVersion> {
    if (stored.head.value !== undefined) return this.item(stored);
    const { size: _, ...info } = describe(stored);
    return { ...info, value: null };
  }

  async #at(subject: string, seq: number): Promise<Stored | undefined> {
    if (!Number.isSafeInteger(seq) || seq < 1) return undefined;
    const entry = await this.journal.at(seq);
    return entry?.subject === subject ? openItem(entry) : undefined;
  }

  /** A version that is there only as a copy with a later end. */
  async #copy(subject: string, version: number): Promise<Stored | undefined> {
    const entry = await this.journal.last(subject);
    const stored = entry === undefined ? undefined : openItem(entry);
    return stored !== undefined && versionOf(stored) === version ? stored : undefined;
  }
}
