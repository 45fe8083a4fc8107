import { createHash } from "node:crypto";
import { z } from "zod";
import { ChoirError } from "../errors.js";
import { firstHeading } from "../text/markdown.js";
import { detectLanguage, languageSchema } from "./language.js";
import { licenceSchema } from "./licence.js";
import { authorKeySchema } from "./signer.js";
import { MOST_TAGS, tagSchema, tagsSchema } from "./tags.js";

/** Bytes of Markdown (UTF-8) an article may have. */
export const MAX_MARKDOWN_BYTES = 2 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");
const line = (most: number) => z.string().trim().min(1).max(most);

/** A snapshot that the article rests on: the id its text uses, where it came from, the hash of its bytes. */
export const articleSourceSchema = z.object({ id: line(40), uri: line(4_000), sha256 });
export type ArticleSource = z.infer<typeof articleSourceSchema>;

export const articleIdSchema = z.string().regex(/^[0-9a-f]{24}$/, "must be an article id");
export const versionSchema = sha256;

/** An article that was published somewhere else before, or lay in a file: taken in as it was, not checked, and paid for nothing. */
export const importedSchema = z.object({
  /** The file it came from, without the folders around what was imported, and where in it. */
  from: line(1_000),
  /** When it was published there, as whoever imported it says. */
  date: z.iso.datetime().optional(),
});
export type Imported = z.infer<typeof importedSchema>;

const commonFields = {
  author: line(200),
  /** The agent and the run that wrote it, if it was not a person by hand. */
  agent: line(200).optional(),
  run: line(200).optional(),
  sources: z.array(articleSourceSchema).max(1_000),
  imported: importedSchema.optional(),
};

const details = {
  /** SPDX expression; absent means that the author states none. */
  licence: licenceSchema.optional(),
  /** BCP 47; absent: told from the text. */
  language: languageSchema.optional(),
  /** Used when the Markdown has no first-level heading; a heading wins. */
  title: z.string().optional(),
};

/** What an author says of an article beside its text. */
export const articleDetailsSchema = z.object({ ...details, tags: tagsSchema.optional() });

const contentSchema = z.object({
  ...commonFields,
  ...details,
  sources: commonFields.sources.default([]),
  tags: tagsSchema.default([]),
  markdown: z.string(),
});

const publishSchema = contentSchema.extend({
  /** Idempotency key: the same key is the same article for ever. */
  key: line(500),
});

/** What {@link Choir.publish} takes. */
export type PublishRequest = z.input<typeof publishSchema>;

/** What of an article is taken over by the next version unless it is given anew. */
const inherited = { author: commonFields.author.optional(), tags: tagsSchema.optional() };
const reviseSchema = contentSchema.omit({ imported: true }).extend({ ...inherited, article: articleIdSchema });

/** What {@link Choir.revise} takes: the whole new text. Author, tags, licence and language stay unless they are given. */
export type ReviseRequest = z.input<typeof reviseSchema>;

/**
 * A version of an article as it goes into the stream: everything but the time, the agent and the run is part of what `version` hashes.
 * Without `authorKey` it is of an earlier release, unsigned.
 */
export const publicationSchema = z.object({
  ...commonFields,
  id: articleIdSchema,
  version: versionSchema,
  /** The version that it replaces; absent for the first one. */
  revises: versionSchema.optional(),
  authorKey: authorKeySchema.optional(),
  title: line(300),
  licence: line(100).optional(),
  language: line(35).optional(),
  tags: z.array(tagSchema).max(MOST_TAGS).optional(),
  createdAt: z.iso.datetime(),
  markdownSha256: sha256,
  bytes: z.int().min(1).max(MAX_MARKDOWN_BYTES),
  /** Only of unsigned ones: what they said they would cite. */
  citations: z
    .array(z.object({ article: articleIdSchema, context: line(4_000) }))
    .max(500)
    .optional(),
});
export type Publication = z.infer<typeof publicationSchema>;

/** A publication and its text. */
export interface Document {
  publication: Publication;
  markdown: string;
}

/** The id of the article that is published under a key; known before it is published. */
export function articleId(key: string): string {
  return hash(`article\n${key.trim()}`).slice(0, 24);
}

/**
 * Checks a request and makes the publication of it.
 * @throws ChoirError `too_large`, `no_title` or `invalid_article`
 */
export function preparePublication(request: PublishRequest, authorKey: string, now: Date): Document {
  checkSize(request.markdown);
  const { key, ...content } = parse(publishSchema, request);
  return documentOf(content, { id: articleId(key), authorKey }, now);
}

/**
 * Checks a request and makes the next version of an article.
 * @param current the version that it replaces
 * @throws ChoirError `too_large`, `no_title` or `invalid_article`
 */
export function prepareRevision(request: ReviseRequest, current: Publication, authorKey: string, now: Date): Document {
  checkSize(request.markdown);
  const { article: id, ...content } = parse(reviseSchema, request);
  const { author, tags, licence, language, imported } = current;
  const whole = {
    ...content,
    // Whoever revises what was imported has not checked it either.
    imported,
    author: content.author ?? author,
    tags: content.tags ?? tags ?? [],
    licence: content.licence ?? licence,
    language: content.language ?? language,
  };
  return documentOf(whole, { id, authorKey, revises: current.version }, now);
}

/** The title that an article of this Markdown gets: its first heading of the first level. */
export function articleTitle(markdown: string): string | undefined {
  return titleLine(firstHeading(markdown) ?? "") || undefined;
}

/** The content hash of a publication: whose it is, what it says, on what it rests and what it replaces, not when or by which run it was made. */
export function versionOf(
  content: Omit<Publication, "id" | "version" | "createdAt" | "bytes" | "agent" | "run">,
): string {
  const { title, author, authorKey, licence, language, tags, sources, citations, markdownSha256, revises } = content;
  const said = { title, author, authorKey, licence, language, tags, sources, citations, markdownSha256, revises };
  return hash(canonicalJson({ ...said, imported: content.imported }));
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

/** One line without control and direction-override characters, so that a title cannot disguise what stands around it. */
export function plainLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

type Content = Omit<z.infer<typeof contentSchema>, "author"> & { author: string };

function documentOf(
  { title: given, markdown: written, ...fields }: Content,
  identity: Pick<Publication, "id" | "authorKey" | "revises">,
  now: Date,
): Document {
  // Half characters cannot be stored as UTF-8; what is hashed has to be what is stored.
  const markdown = Buffer.from(written).toString();
  const title = articleTitle(markdown) ?? titleLine(given ?? "");
  if (title === "" || markdown.trim() === "") {
    throw new ChoirError("no_title", "The article has no title: begin its Markdown with a line such as '# Title'.");
  }
  const language = fields.language ?? detectLanguage(markdown);
  const content = { ...fields, ...identity, language, title, markdownSha256: hash(markdown) };
  const version = versionOf(content);
  const createdAt = now.toISOString();
  return { publication: { ...content, version, createdAt, bytes: Buffer.byteLength(markdown) }, markdown };
}

function parse<T>(schema: z.ZodType<T>, request: unknown): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the article";
  throw new ChoirError("invalid_article", `The article cannot be published: ${where} ${issue?.message}.`, {
    cause: parsed.error,
  });
}

/** Before anything else looks at the text. @throws ChoirError `too_large` */
export function checkSize(markdown: unknown): void {
  const bytes = typeof markdown === "string" ? Buffer.byteLength(markdown) : 0;
  if (bytes <= MAX_MARKDOWN_BYTES) return;
  const mib = (bytes / 1024 / 1024).toFixed(1);
  throw new ChoirError(
    "too_large",
    `The article has ${mib} MiB and may have 2 MiB: split it or move data into sources.`,
  );
}

/** Once more when it is cut: half a character at the end could not be stored. */
function titleLine(text: string): string {
  return plainLine(plainLine(text).slice(0, 300));
}
