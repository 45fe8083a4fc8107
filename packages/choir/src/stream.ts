import type { Backbone, Effect, EffectStream } from "@vibewriter/backbone";
import { z } from "zod";
import { articleIdSchema, hash, type Publication, publicationSchema, versionOf } from "./articles/article.js";
import { ChoirError } from "./errors.js";

/** Subjects of the two kinds of effects; a citation's carries the cited article, so that its author can listen. */
export const PUBLICATIONS = "kb.publish.new";
export const CITATIONS = "citation.new.*";

/** One stream holds both kinds, so that a citation always comes after the article that it cites. */
const STREAM = "VIBEWRITER_EFFECTS";

export interface Streams {
  effects: EffectStream;
  files: Backbone["files"];
}

export async function openStreams(backbone: Pick<Backbone, "effects" | "files">): Promise<Streams> {
  return { effects: await backbone.effects(STREAM, [PUBLICATIONS, CITATIONS]), files: backbone.files };
}

const documentSchema = z.object({ publication: publicationSchema, markdown: z.string() });
type Document = z.infer<typeof documentSchema>;

/** A publication in the stream is the document itself or, if that is large, the hash of a file that holds it. */
const publicationEventSchema = z.union([
  z.object({ v: z.literal(1), document: documentSchema }),
  z.object({ v: z.literal(1), file: z.string().regex(/^[0-9a-f]{64}$/) }),
]);

const citationEventSchema = z.object({
  v: z.literal(1),
  citing: articleIdSchema,
  cited: articleIdSchema,
  context: z.string().min(1).max(4_000),
  /** Idempotency key of the operation that cited first, for the audit. */
  operation: z.string().max(500),
});

/** Bytes of JSON above which a document goes into the file store: a message may have 1 MiB. */
const INLINE_BYTES = 256 * 1024;
/** Where other tenants read the stream and not our files: all that a message takes. */
const SHARED_INLINE_BYTES = 900 * 1024;

/** Writes a publication, once for its key. `first: false` comes with the one that was there. */
export async function writePublication(
  streams: Streams,
  key: string,
  document: Document,
): Promise<{ seq: number; first: boolean; publication: Publication }> {
  const { effect, first } =
    (await existing(streams, PUBLICATIONS, key)) ??
    (await streams.effects.publishEffect(key, { subject: PUBLICATIONS, payload: await pack(streams, document) }));
  return { seq: effect.seq, first, publication: (await readPublication(streams, effect)).publication };
}

/** Writes a citation, once for its pair of articles. */
export async function writeCitation(
  streams: Streams,
  citation: { citing: string; cited: string; context: string; operation: string },
): Promise<{ seq: number; first: boolean }> {
  const subject = CITATIONS.replace("*", citation.cited);
  const payload = { v: 1, ...citation };
  const { seq, first } = await streams.effects.publishEffect(citation.citing, { subject, payload });
  return { seq, first };
}

/** @throws ChoirError `bad_event` if the effect cannot ever be read; other errors may pass. */
export async function readPublication(streams: Streams, effect: Effect): Promise<Document> {
  const event = parse(publicationEventSchema, effect.payload);
  const document = "document" in event ? event.document : await unpack(streams, event.file);
  const { publication, markdown } = document;
  if (hash(markdown) !== publication.markdownSha256 || versionOf(publication) !== publication.version) {
    throw new ChoirError("bad_event", `The text of article ${publication.id} is not what its version says.`);
  }
  return document;
}

/** @throws ChoirError `bad_event`. */
export function readCitation(effect: Effect): z.infer<typeof citationEventSchema> {
  const event = parse(citationEventSchema, effect.payload);
  if (effect.subject === CITATIONS.replace("*", event.cited)) return event;
  throw new ChoirError("bad_event", `A citation of ${event.cited} stands on the subject ${effect.subject}.`);
}

async function existing(
  streams: Streams,
  subject: string,
  key: string,
): Promise<{ effect: Effect; first: false } | undefined> {
  const effect = await streams.effects.get(subject, key);
  return effect && { effect, first: false };
}

async function pack(streams: Streams, document: Document): Promise<z.infer<typeof publicationEventSchema>> {
  const json = JSON.stringify(document);
  if (Buffer.byteLength(json) <= (streams.effects.isShared ? SHARED_INLINE_BYTES : INLINE_BYTES))
    return { v: 1, document };
  const file = hash(json);
  await streams.files.put(fileKey(file), Buffer.from(json));
  return { v: 1, file };
}

async function unpack(streams: Streams, file: string): Promise<Document> {
  const bytes = await streams.files.get(fileKey(file));
  if (!bytes)
    throw new ChoirError("bad_event", `The file ${fileKey(file)} of a publication is missing: restore it and rebuild.`);
  const json = Buffer.from(bytes).toString("utf8");
  if (hash(json) !== file) throw new ChoirError("bad_event", `The file ${fileKey(file)} does not match its name.`);
  return parse(documentSchema, JSON.parse(json));
}

function fileKey(sha256: string): string {
  return `choir/articles/${sha256}`;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ChoirError("bad_event", `An effect is not in the form it should have: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}
