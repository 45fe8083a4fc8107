import { z } from "zod";

/** What is asked on `kb.search.<name>`, as JSON. Each answer is an object, or `{ error: { code, message } }`. */

/** `kb.search.query`: answered with `{ hits }`, as `Choir.search` gives them. */
export const queryRequest = z.strictObject({
  query: z.string().trim().min(1).max(2_000),
  limit: z.int().min(1).max(50).optional(),
  /** The author's public key. */
  author: z.string().max(200).optional(),
  tag: z.string().max(100).optional(),
  /** BCP 47. */
  language: z.string().max(40).optional(),
  /** ISO 8601: published at this moment or later, and before this one. */
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  /** Only what this article cites: its id or the beginning of it. */
  citedBy: z.string().max(100).optional(),
});

/**
 * `kb.search.article`: answered with `{ article, from, next }`, the article with its Markdown from the character `from` on. What is longer
 * than a message holds is asked for again from `next` on, which is null at the end.
 */
export const articleRequest = z.strictObject({
  /** An id, the beginning of one, or `<id>@<version>`. */
  article: z.string().trim().min(1).max(200),
  from: z.int().min(0).default(0),
});

/** Characters of an article in one answer: with three bytes each it is less than a message takes. */
export const PART = 256 * 1024;
