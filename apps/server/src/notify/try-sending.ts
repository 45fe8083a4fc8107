import { randomUUID } from "node:crypto";
import { messageOf } from "../errors.js";
import type { Channel } from "./channel.js";
import type { Notification } from "./notification.js";

/** What is sent to see whether a channel works. */
export function testNotification(): Notification {
  return {
    id: `ntf_test_${randomUUID()}`,
    type: "test",
    time: new Date().toISOString(),
    title: "Vibewriter: a test",
    text: "If you can read this, notifications work.",
  };
}

/** Sends it now, past every box. */
export async function trySending(
  channel: Channel,
  notification: Notification,
): Promise<{ ok: boolean; message: string }> {
  try {
    await channel.send(notification);
    return { ok: true, message: "Delivered." };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}
