import type { Notification } from "./notification.js";

export const CHANNELS = ["desktop", "webhook", "email"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One way to tell a person. */
export interface Channel {
  readonly name: ChannelName;
  /** Resolves when the other side has taken it. Has a deadline of its own. @throws DeliveryError */
  send(notification: Notification): Promise<void>;
}

/** Something was not delivered; the message is a sentence for the operator, without secrets. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly code = "not_delivered";
  /** Whether it may work later. */
  readonly retry: boolean;

  constructor(message: string, o: { retry: boolean; cause?: unknown }) {
    super(message, { cause: o.cause });
    this.retry = o.retry;
  }
}
