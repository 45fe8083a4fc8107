import type { Records } from "@vibewriter/backbone";
import { z } from "zod";
import { Notification } from "./notification.js";

/** Something that has still to be delivered. */
export const Pending = z.object({
  notification: Notification,
  /** How often it was tried. */
  attempts: z.int().min(0),
  /** Not to be tried before, ISO 8601. */
  notBefore: z.string(),
  lastError: z.string().optional(),
});
export type Pending = z.infer<typeof Pending>;

/** How far somebody has read, and what is still to be delivered. Both in one record, so that what happened is put into it exactly once. */
export const BoxRecord = z.object({ position: z.int().min(0), pending: z.array(Pending) });
export type BoxRecord = z.infer<typeof BoxRecord>;

/** A receiver that is away for long must not fill the record. */
const MOST_PENDING = 200;

/** Where the boxes of all homes lie. */
export const BOXES = "VIBEWRITER_NOTIFICATIONS";

/** What one receiver has still to be told, on NATS, so that a restart loses and repeats nothing. */
export class Box {
  readonly #records: Records<BoxRecord>;
  readonly #key: string;

  constructor(records: Records<BoxRecord>, key: string) {
    this.#records = records;
    this.#key = key;
  }

  /** @param start the position of a box that is new, or of a stream that is gone: what was before it is not told */
  async open(start: number): Promise<void> {
    await this.#records.update(this.#key, (now) =>
      now && now.position <= start ? undefined : { pending: now?.pending ?? [], position: start },
    );
  }

  /** Whoever turns it on again wants what happens then. */
  async delete(): Promise<void> {
    if (await this.#records.get(this.#key)) await this.#records.delete(this.#key);
  }

  /** Up to where it has read. */
  async position(): Promise<number> {
    return (await this.#records.get(this.#key))?.value.position ?? 0;
  }

  /** Puts a notification in, once for each position. Says whether it was new. */
  async add(seq: number, notification: Notification): Promise<boolean> {
    let isNew = false;
    await this.#records.update(this.#key, (now) => {
      isNew = now !== undefined && now.position < seq;
      if (now === undefined || !isNew) return undefined;
      const added = { notification, attempts: 0, notBefore: new Date(0).toISOString() };
      return { position: seq, pending: [...now.pending, added].slice(-MOST_PENDING) };
    });
    return isNew;
  }

  /** What it has still to deliver, the oldest first. */
  async pending(): Promise<Pending[]> {
    return (await this.#records.get(this.#key))?.value.pending ?? [];
  }

  /** Takes out what was delivered or given up. */
  async remove(id: string): Promise<void> {
    await this.#change((pending) => pending.filter(({ notification }) => notification.id !== id));
  }

  async postpone(id: string, o: { notBefore: Date; error: string }): Promise<void> {
    await this.#change((pending) =>
      pending.map((one) =>
        one.notification.id === id
          ? { ...one, attempts: one.attempts + 1, notBefore: o.notBefore.toISOString(), lastError: o.error }
          : one,
      ),
    );
  }

  async #change(change: (pending: Pending[]) => Pending[]): Promise<void> {
    await this.#records.update(this.#key, (now) => now && { ...now, pending: change(now.pending) });
  }
}
