import type { Backbone } from "@vibewriter/backbone";
import type { Log } from "../log.js";
import type { Box } from "../notify/box.js";
import type { Channel } from "../notify/channel.js";
import { Delivery } from "../notify/delivery.js";
import { Webhook } from "../notify/webhook.js";
import type { FollowInfo } from "./api.js";
import { type Follow, subjectText } from "./follow.js";
import { FollowBox } from "./follow-box.js";

export interface FollowingParts {
  readonly events: Backbone["events"];
  readonly box: Box;
  /** `whsec_...`; without it nothing is sent. */
  readonly webhookSecret: string | undefined;
  readonly log: Log;
  readonly waits?: readonly number[];
}

/** A subscription at work: what is delivered for it. */
export class Following implements AsyncDisposable {
  readonly follow: Follow;
  /** Undefined: its news are on the event stream alone. */
  readonly channel: Channel | undefined;
  readonly #box: FollowBox;
  readonly #delivery: Delivery | undefined;

  constructor(follow: Follow, { events, box, webhookSecret, log, waits }: FollowingParts) {
    this.follow = follow;
    this.#box = new FollowBox({ events, box, follow: follow.id });
    const { webhook } = follow;
    if (webhook === null) return;
    const where = `the webhook of the subscription ${follow.id}`;
    this.channel = new Webhook({ url: webhook, secret: webhookSecret, where });
    this.#delivery = new Delivery({ box: this.#box, channel: this.channel, log, ...(waits && { waits }) });
  }

  /** Tells that something new is on the event stream. */
  wake(): void {
    this.#box.more();
    this.#delivery?.wake();
  }

  async info(): Promise<FollowInfo> {
    const { id, subject, webhook, createdAt } = this.follow;
    const pending = webhook === null ? [] : await this.#box.pending();
    const lastError = pending.at(0)?.lastError ?? null;
    const hasMore = webhook !== null && this.#box.hasMore;
    return { id, subject: subjectText(subject), webhook, createdAt, pending: pending.length, hasMore, lastError };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#delivery?.[Symbol.asyncDispose]();
  }
}
