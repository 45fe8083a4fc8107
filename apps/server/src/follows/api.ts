import { z } from "zod";
import { FollowedNews } from "./followed-news.js";

/** What is said of subscriptions between the owner process and its clients. */

export const FollowInfo = z.object({
  id: z.string(),
  /** `author:KEY`, `tag:TAG` or `article:ID`. */
  subject: z.string(),
  webhook: z.string().nullable(),
  createdAt: z.string(),
  /** News that the webhook is to be told next. */
  pending: z.int(),
  /** Whether further ones wait for these. */
  hasMore: z.boolean(),
  /** Why it was not told of the oldest of them. */
  lastError: z.string().nullable(),
});
export type FollowInfo = z.infer<typeof FollowInfo>;

export const FollowAnswer = z.object({ follow: FollowInfo, /** False: it was there. */ isNew: z.boolean() });
export type FollowAnswer = z.infer<typeof FollowAnswer>;

export const FollowsAnswer = z.object({ follows: z.array(FollowInfo) });

export const FollowTest = z.object({ ok: z.boolean(), message: z.string() });
export type FollowTest = z.infer<typeof FollowTest>;

/** News with their place on the event stream. */
export const FollowEvent = FollowedNews.extend({ seq: z.int(), time: z.string() });
export type FollowEvent = z.infer<typeof FollowEvent>;
