import type { Backbone, Records } from "@vibewriter/backbone";
import { z } from "zod";
import { CHANNELS, type ChannelName } from "./channel.js";
import { Notification } from "./notification.js";

/** Something that one channel has still to deliver. */
export const Pending = z.object({
  notification: Notification,
  /** How often it was tried. */
  attempts: z.int().min(0),
  /** Not to be tried before, ISO 8601. */
  notBefore: z.string(),
  lastError: z.string().optional(),
});
export type Pending = z.infer<typeof Pending>;

/**
 * One channel of one home: how far it has read, and what it has still to deliver. Both in one record, so that what happened is put into
 * it exactly once.
 */
const Box = z.object({ position: z.int().min(0), pending: z.array(Pending) });
type Box = z.infer<typeof Box>;

/** A receiver that is away for long must not fill the record. */
const MOST_PENDING = 200;

/** What the channels of a home have read and not yet delivered, on NATS, so that a restart loses and repeats nothing. */
export class Outbox {
  readonly #records: Records<Box>;
  readonly #home: string;

  private constructor(records: Records<Box>, home: string) {
    this.#records = records;
    this.#home = home;
  }

  /**
   * @param o.home names this home among those that share a NATS
   * @param o.start the position of a channel that is new: what was before it is not told
   */
  static async open(
    backbone: Backbone,
    o: { home: string; channels: readonly ChannelName[]; start: number },
  ): Promise<Outbox> {
    const outbox = new Outbox(await backbone.records("VIBEWRITER_NOTIFICATIONS", Box), o.home);
    for (const channel of CHANNELS) {
      const key = outbox.#key(channel);
      if (o.channels.includes(channel)) {
        // A position behind the end is of a stream that is gone.
        await outbox.#records.update(key, (now) =>
          now && now.position <= o.start ? undefined : { pending: now?.pending ?? [], position: o.start },
        );
      } else if (await outbox.#records.get(key)) {
        // Whoever turns it on again wants what happens then.
        await outbox.#records.delete(key);
      }
    }
    return outbox;
  }

  /** Up to where a channel has read. */
  async position(channel: ChannelName): Promise<number> {
    return (await this.#records.get(this.#key(channel)))?.value.position ?? 0;
  }

  /** Puts a notification in, once for each position. Says whether it was new. */
  async add(channel: ChannelName, seq: number, notification: Notification): Promise<boolean> {
    let isNew = false;
    await this.#records.update(this.#key(channel), (now) => {
      isNew = now !== undefined && now.position < seq;
      if (now === undefined || !isNew) return undefined;
      const added = { notification, attempts: 0, notBefore: new Date(0).toISOString() };
      return { position: seq, pending: [...now.pending, added].slice(-MOST_PENDING) };
    });
    return isNew;
  }

  /** What a channel has still to deliver, the oldest first. */
  async pending(channel: ChannelName): Promise<Pending[]> {
    return (await this.#records.get(this.#key(channel)))?.value.pending ?? [];
  }

  /** Takes out what was delivered or given up. */
  async remove(channel: ChannelName, id: string): Promise<void> {
    await this.#change(channel, (pending) => pending.filter(({ notification }) => notification.id !== id));
  }

  async postpone(channel: ChannelName, id: string, o: { notBefore: Date; error: string }): Promise<void> {
    await this.#change(channel, (pending) =>
      pending.map((one) =>
        one.notification.id === id
          ? { ...one, attempts: one.attempts + 1, notBefore: o.notBefore.toISOString(), lastError: o.error }
          : one,
      ),
    );
  }

  async #change(channel: ChannelName, change: (pending: Pending[]) => Pending[]): Promise<void> {
    await this.#records.update(this.#key(channel), (now) => now && { ...now, pending: change(now.pending) });
  }

  #key(channel: ChannelName): string {
    return `${this.#home}.${channel}`;
  }
}
