import { createHash } from "node:crypto";
import { z } from "zod";
import { ChoirError } from "../errors.js";
import { firstHeading } from "../text/markdown.js";

/** Bytes of Markdown (UTF-8) an article may have. */
export const MAX_MARKDOWN_BYTES = 2 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");
const line = (most: number) => z.string().trim().min(1).max(most);

/** A snapshot that the article rests on: the id its text uses, where it came from, the hash of its bytes. */
export const articleSourceSchema = z.object({ id: line(40), uri: line(4_000), sha256 });
export type ArticleSource = z.infer<typeof articleSourceSchema>;

export const articleIdSchema = z.string().regex(/^[0-9a-f]{24}$/, "must be an article id");

/** Another article this one builds on, and what it is cited for. */
export const citationSchema = z.object({ article: articleIdSchema, context: line(4_000) });
export type Citation = z.infer<typeof citationSchema>;

const publicationFields = {
  author: line(200),
  /** The agent and the run that wrote it, if it was not a person by hand. */
  agent: line(200).optional(),
  run: line(200).optional(),
  /** SPDX expression; absent means that the author states none. */
  licence: line(100).optional(),
  sources: z.array(articleSourceSchema).max(1_000),
  citations: z.array(citationSchema).max(500),
};

const publishSchema = z.object({
  ...publicationFields,
  sources: publicationFields.sources.default([]),
  citations: publicationFields.citations.default([]),
  /** Used when the Markdown has no first-level heading; a heading wins. */
  title: z.string().optional(),
  markdown: z.string(),
  /** Idempotency key: the same key is the same publication for ever. */
  key: line(500),
});

/** What {@link Choir.publish} takes. */
export type PublishRequest = z.input<typeof publishSchema>;

/** An article as it goes into the stream: everything but the time is part of what `version` hashes. */
export const publicationSchema = z.object({
  ...publicationFields,
  id: articleIdSchema,
  version: sha256,
  title: line(300),
  createdAt: z.iso.datetime(),
  markdownSha256: sha256,
  bytes: z.int().min(1).max(MAX_MARKDOWN_BYTES),
});
export type Publication = z.infer<typeof publicationSchema>;

/** The id of the article that is published under a key; known before it is published. */
export function articleId(key: string): string {
  return hash(`article\n${key.trim()}`).slice(0, 24);
}

/**
 * Checks a request and makes the publication of it.
 * @throws ChoirError `too_large`, `no_title`, `invalid_article` or `self_citation`.
 */
export function preparePublication(request: PublishRequest, now: Date): { publication: Publication; markdown: string } {
  if (typeof request.markdown === "string") checkSize(request.markdown);
  const parsed = publishSchema.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "the article";
    throw new ChoirError("invalid_article", `The article cannot be published: ${where} ${issue?.message}.`, {
      cause: parsed.error,
    });
  }
  const { key, title: givenTitle, ...fields } = parsed.data;
  // Half characters cannot be stored as UTF-8; what is hashed has to be what is stored.
  const markdown = Buffer.from(parsed.data.markdown).toString();
  const id = articleId(key);
  const title = articleTitle(markdown) ?? titleLine(givenTitle ?? "");
  if (title === "" || markdown.trim() === "") {
    throw new ChoirError("no_title", "The article has no title: begin its Markdown with a line such as '# Title'.");
  }
  if (fields.citations.some((citation) => citation.article === id)) throw selfCitation(id);

  const markdownSha256 = hash(markdown);
  const citations = [...new Map(fields.citations.map((citation) => [citation.article, citation])).values()];
  const content = { ...fields, citations, id, title, markdownSha256 };
  const publication = {
    ...content,
    version: versionOf(content),
    createdAt: now.toISOString(),
    bytes: Buffer.byteLength(markdown),
  };
  return { publication, markdown };
}

/** The title that an article of this Markdown gets: its first heading of the first level. */
export function articleTitle(markdown: string): string | undefined {
  return titleLine(firstHeading(markdown) ?? "") || undefined;
}

/** The content hash of a publication: what it says and on what it rests, not when or by which run it was made. */
export function versionOf(content: Omit<Publication, "version" | "createdAt" | "bytes" | "agent" | "run">): string {
  const { title, author, licence, sources, citations, markdownSha256 } = content;
  return hash(canonicalJson({ title, author, licence, sources, citations, markdownSha256 }));
}

export function selfCitation(id: string): ChoirError {
  return new ChoirError("self_citation", `Article ${id} cannot cite itself: cite another article.`);
}

export function hash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** JSON with sorted keys and nothing undefined: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function checkSize(markdown: string): void {
  const bytes = Buffer.byteLength(markdown);
  if (bytes <= MAX_MARKDOWN_BYTES) return;
  const mib = (bytes / 1024 / 1024).toFixed(1);
  throw new ChoirError(
    "too_large",
    `The article has ${mib} MiB and may have 2 MiB: split it or move data into sources.`,
  );
}

function titleLine(text: string): string {
  return plainLine(text).slice(0, 300).trim();
}

/** One line without control and direction-override characters, so that a title cannot disguise what stands around it. */
function plainLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}
