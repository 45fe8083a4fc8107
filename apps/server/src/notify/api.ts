import { z } from "zod";
import { CHANNELS } from "./channel.js";
import { Occasion } from "./config.js";

/** What is said of notifications between the owner process and its clients. */

const channel = z.enum(CHANNELS);

export const NotifyStatus = z.object({
  on: z.array(Occasion),
  /** Whether the terminal in which a command follows a run rings. */
  bell: z.boolean(),
  channels: z.array(
    z.object({
      channel,
      isOn: z.boolean(),
      /** Notifications that were not delivered yet. */
      pending: z.int(),
      /** Why the oldest of them was not. */
      lastError: z.string().nullable(),
    }),
  ),
});
export type NotifyStatus = z.infer<typeof NotifyStatus>;

export const TestRequest = z.strictObject({ channel: channel.optional() });

export const NotifyTest = z.object({
  results: z.array(z.object({ channel, ok: z.boolean(), message: z.string() })),
});
export type NotifyTest = z.infer<typeof NotifyTest>;
