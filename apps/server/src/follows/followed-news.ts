import { z } from "zod";

const article = z.object({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  author: z.string(),
  /** Null for what release 0.1.0 has published, unsigned. */
  authorKey: z.string().nullable(),
  tags: z.array(z.string()),
});

/** What happened to an article that is followed, as it stands on the event stream and goes to webhooks. */
export const FollowedNews = z.object({
  follow: z.object({ id: z.string(), subject: z.string() }),
  kind: z.enum(["published", "revised", "retracted", "cited"]),
  /** Of the effect, in the stream of effects. */
  position: z.int(),
  /** By the author's clock, ISO 8601; null for a citation, which has no time of its own. */
  at: z.string().nullable(),
  article,
  url: z.string(),
  /** Why it was retracted; else null. */
  reason: z.string().nullable(),
  /** Who cited it, and for what; else null. */
  by: z.object({ article, claim: z.string() }).nullable(),
});
export type FollowedNews = z.infer<typeof FollowedNews>;
