import { RunRecord } from "@vibewriter/agent/runs";
import { z } from "zod";

/** What the owner process says and takes; the client parses with the same schemas. Times are ISO 8601, durations milliseconds. */

export const Health = z.object({
  version: z.string(),
  pid: z.int(),
  home: z.string(),
  state: z.enum(["starting", "ready", "stopping"]),
  /** What it is doing while it starts, for a person. */
  step: z.string(),
  /** It runs VMs in no other way than production mode allows. */
  production: z.boolean().default(false),
  activeRuns: z.int(),
  nats: z.object({ tier: z.enum(["full", "degraded"]), pid: z.int().nullable() }).nullable(),
});
export type Health = z.infer<typeof Health>;

export const ApiError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const RunAnswer = z.object({ run: RunRecord });
export const RunsAnswer = z.object({ runs: z.array(RunRecord) });

/** One event of a run's stream: the event's own fields with its place and time. */
export const SeqAndTime = z.object({ seq: z.int().nonnegative(), time: z.string() });

const Span = z.object({ start: z.int(), end: z.int() });
export const ArticleHit = z.object({
  article_id: z.string(),
  title: z.string(),
  author: z.string(),
  /** The author's public key; absent: unsigned. */
  author_key: z.string().optional(),
  /** 0 to 1. */
  similarity: z.number(),
  content_preview: z.string(),
  /** How many articles cite it and stand. */
  cited_by: z.int(),
  /** What the search had to do without: the embedder, or Qdrant. */
  degraded: z.enum(["words_only", "other_index"]).optional(),
  /** Of the passage, of what the preview shows of it, and of the question's words in that: offsets in the article's Markdown. */
  passage: Span,
  preview: Span,
  highlights: z.array(Span),
});
export type ArticleHit = z.infer<typeof ArticleHit>;

/** Which articles a search looks at, and how many it gives. */
/** Characters of a question that are looked at; clients send no more. */
export const LONGEST_QUESTION = 2_000;

export const SearchFilter = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(5),
  /** The author's public key. */
  author: z.string().max(200).optional(),
  tag: z.string().max(100).optional(),
  language: z.string().max(40).optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  /** Only what this article cites: its id or the beginning of it. */
  citedBy: z.string().max(100).optional(),
});
export type SearchFilter = Partial<z.infer<typeof SearchFilter>>;
export const ArticleHits = z.object({ hits: z.array(ArticleHit) });

export const ArticleSummary = z.object({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  author: z.string(),
  /** The author's public key; absent: unsigned, of an earlier release. */
  authorKey: z.string().optional(),
  tags: z.array(z.string()),
  language: z.string().optional(),
  licence: z.string().optional(),
  createdAt: z.string(),
  /** 0 to 100. */
  noveltyScore: z.number(),
  /** How many articles cite it and stand. */
  citedBy: z.number(),
  /** Where it was taken in from; nobody has checked it here. */
  imported: z.object({ from: z.string(), date: z.string().optional() }).optional(),
  retracted: z.object({ reason: z.string(), at: z.string() }).optional(),
});
/** Articles on one page of their list. */
export const MOST_LISTED = 500;

export const Articles = z.object({ articles: z.array(ArticleSummary) });

export const Article = ArticleSummary.extend({
  sources: z.array(z.object({ id: z.string(), uri: z.string(), sha256: z.string() })),
  /** Articles that it cites. */
  citations: z.array(
    z.object({
      article: z.string(),
      version: z.string().optional(),
      claim: z.string(),
      passage: z.object({ start: z.int(), end: z.int(), text: z.string() }).optional(),
    }),
  ),
  revises: z.string().optional(),
  /** All versions, the one that stands last. */
  versions: z.array(
    z.object({ version: z.string(), title: z.string(), createdAt: z.string(), noveltyScore: z.number() }),
  ),
  markdown: z.string(),
});
export type Article = z.infer<typeof Article>;
export const ArticleAnswer = z.object({ article: Article });
