import { authorKeySchema, normalizeTag, tagSchema } from "@vibewriter/choir";
import { z } from "zod";
import { isAllowedTarget } from "../notify/config.js";

/** What can be followed. */
export const FollowSubject = z.object({ kind: z.enum(["author", "tag", "article"]), name: z.string() });
export type FollowSubject = z.infer<typeof FollowSubject>;

/** A subscription of a home, as it lies on NATS. */
export const Follow = z.object({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  subject: FollowSubject,
  /** Where its news are posted; null: they are on the event stream alone. */
  webhook: z.string().nullable(),
  /** What stands in the stream of effects up to here is not told. */
  since: z.int().min(0),
  createdAt: z.string(),
});
export type Follow = z.infer<typeof Follow>;

/** `author:KEY`, `tag:TAG` or `article:ID`, as a person writes it. An article's id may be its beginning, which only the knowledge base can tell. */
export const SubjectText = z
  .string()
  .max(300)
  .transform((text, check): FollowSubject => {
    const [, kind, given = ""] = /^(author|tag|article):(.+)$/.exec(text.trim()) ?? [];
    const name = kind === "tag" ? normalizeTag(given) : given.trim();
    const right = kind === "author" ? authorKeySchema : kind === "tag" ? tagSchema : z.string().min(4);
    if (kind !== undefined && right.safeParse(name).success) return FollowSubject.parse({ kind, name });
    check.addIssue({ code: "custom", message: MISTAKES[kind ?? ""] ?? WHAT });
    return z.NEVER;
  });

const WHAT = "Follow author:KEY, tag:TAG or article:ID.";
const MISTAKES: Readonly<Record<string, string>> = {
  author: "An author is followed by the whole public key, 43 characters; `vibewriter kb show ARTICLE` prints it.",
  tag: "A tag is up to 40 letters, digits and hyphens, such as tag:defi.",
  article: "An article is followed by its id, or at least four characters of it; `vibewriter kb list` shows them.",
};

/** The opposite of {@link SubjectText}. */
export function subjectText({ kind, name }: FollowSubject): string {
  return `${kind}:${name}`;
}

/** Where a webhook may be. Without a name and a password: they would be shown wherever it is. */
export const WebhookUrl = z
  .url("A webhook is an address, such as https://example.org/hook.")
  .max(1_000)
  .refine(isAllowedTarget, "A webhook begins with https://, or with http:// and a loopback address.")
  .refine(hasNoPassword, "A webhook has no name and password in it: what it is sent is signed.");

function hasNoPassword(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

export const FollowRequest = z.strictObject({ subject: SubjectText, webhook: WebhookUrl.optional() });

/** The name of a subscription's events among those of runs: `vibewriter.events.follow-<id>`. */
export function eventsOf(id: string): string {
  return `follow-${id}`;
}

/** The subscription whose events these are, or undefined if they are a run's. */
export function followOf(events: string): string | undefined {
  return /^follow-([0-9a-f]{12})$/.exec(events)?.[1];
}
