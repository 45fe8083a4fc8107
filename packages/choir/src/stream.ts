import type { Backbone, Effect, EffectStream } from "@vibewriter/backbone";
import { articleId, type Document, hash } from "./articles/article.js";
import type { Retraction } from "./articles/retraction.js";
import { verifyStatement } from "./articles/statement.js";
import type { Citation, SignedCitation } from "./citations/citation.js";
import { ChoirError } from "./errors.js";
import {
  checkDocument,
  citationEventSchema,
  documentSchema,
  type PublicationEvent,
  parseEvent,
  publicationEventSchema,
} from "./events.js";

/** Subjects of the two kinds of effects; a citation's carries the cited article, so that its author can listen. */
export const PUBLICATIONS = "kb.publish.new";
export const CITATIONS = "citation.new.*";

/** One stream holds both kinds, so that a citation always comes after the article that it cites. */
const STREAM = "VIBEWRITER_EFFECTS";

export interface Streams {
  effects: EffectStream;
  files: Backbone["files"];
}

/** A version of an article as it was read; without `signature` it is of release 0.1.0. */
export interface PublicationEffect extends Document {
  kind: "publication";
  signature?: string;
}

export interface RetractionEffect {
  kind: "retraction";
  retraction: Retraction;
}

/** From here on nothing counts that is not signed. */
export interface SigningEffect {
  kind: "signing";
}

/** Bytes of JSON above which a document goes into the file store: a message may have 1 MiB. */
const INLINE_BYTES = 256 * 1024;
/** Where other tenants read the stream and not our files: all that a message takes. */
const SHARED_INLINE_BYTES = 900 * 1024;

const SIGNING_KEY = "signatures";

/** Opens the stream, of which nothing counts from here on that is not signed. */
export async function openStreams(backbone: Pick<Backbone, "effects" | "files">): Promise<Streams> {
  return { effects: await requireSignatures(backbone), files: backbone.files };
}

/**
 * Writes into the stream, once, that nothing behind this counts that is not signed: what release 0.1.0 has written stays, and whoever writes
 * like it now is refused by everybody who reads the stream.
 */
export async function requireSignatures(backbone: Pick<Backbone, "effects">): Promise<EffectStream> {
  const effects = await backbone.effects(STREAM, [PUBLICATIONS, CITATIONS]);
  if ((await effects.get(PUBLICATIONS, SIGNING_KEY)) === undefined) {
    const payload: PublicationEvent = { v: 2, signatures: "required" };
    await effects.publishEffect(SIGNING_KEY, { subject: PUBLICATIONS, payload });
  }
  return effects;
}

/** What a publication, its next version and its end have as keys. A signature in a key: nobody else can take the place of an effect to come. */
export const keyOf = {
  revision: (id: string, version: string) => `revise:${id}:${version}`,
  retraction: (article: string, signature: string) => `retract:${article}:${hash(signature).slice(0, 16)}`,
  citation: (citing: string, signature: string) => `${citing}:${hash(signature).slice(0, 16)}`,
};

/** The publication under a key, if there is one. */
export async function findPublication(
  streams: Streams,
  key: string,
): Promise<(PublicationEffect & { seq: number }) | undefined> {
  const effect = await streams.effects.get(PUBLICATIONS, key);
  if (effect === undefined) return undefined;
  const read = await readPublication(streams, effect);
  if (read.kind === "publication") return { ...read, seq: effect.seq };
  throw new ChoirError("bad_event", `What stands under the key ${JSON.stringify(key)} is no article.`);
}

/**
 * Writes a version of an article, once for its key. `first: false` comes with the one that was there.
 * @throws BackboneError `secret_found` for one with a secret or a key in it
 */
export async function writePublication(
  streams: Streams,
  key: string,
  document: Document,
  signature: string,
): Promise<{ seq: number; first: boolean; version: string }> {
  const payload = await pack(streams, document, signature);
  const { effect, first } = await streams.effects.publishEffect(key, { subject: PUBLICATIONS, payload });
  if (first) return { seq: effect.seq, first, version: document.publication.version };
  const there = await readPublication(streams, effect);
  return { seq: effect.seq, first, version: there.kind === "publication" ? there.publication.version : "" };
}

export async function writeRetraction(streams: Streams, retraction: Retraction, signature: string): Promise<number> {
  const payload: PublicationEvent = { v: 2, retraction, signature };
  const key = keyOf.retraction(retraction.article, signature);
  return (await streams.effects.publishEffect(key, { subject: PUBLICATIONS, payload })).seq;
}

export async function writeCitation(
  streams: Streams,
  citation: SignedCitation,
  signature: string,
): Promise<{ seq: number; first: boolean }> {
  const subject = CITATIONS.replace("*", citation.cited);
  const payload = { v: 2, citation, signature };
  return await streams.effects.publishEffect(keyOf.citation(citation.citing, signature), { subject, payload });
}

/** @throws ChoirError `bad_event` if the effect cannot ever be read or is not signed by whom it names; other errors may pass. */
export async function readPublication(
  streams: Streams,
  effect: Effect,
): Promise<PublicationEffect | RetractionEffect | SigningEffect> {
  const event = parseEvent(publicationEventSchema, effect.payload);
  if ("signatures" in event) return { kind: "signing" };
  if ("retraction" in event) {
    const { retraction, signature } = event;
    verifyStatement("vibewriter/retraction/1", retraction, signature);
    requireKey(effect, keyOf.retraction(retraction.article, signature));
    return { kind: "retraction", retraction };
  }
  const document = "document" in event ? event.document : await unpack(streams, event.file);
  checkDocument(document);
  const { publication } = document;
  const signature = event.v === 2 ? event.signature : undefined;
  if (signature !== undefined) verifyStatement("vibewriter/article/1", publication, signature);
  else if (publication.authorKey !== undefined || publication.revises !== undefined) {
    throw new ChoirError("bad_event", `Article ${publication.id} names an author's key and is not signed.`);
  }
  if (publication.revises !== undefined) requireKey(effect, keyOf.revision(publication.id, publication.version));
  else if (articleId(effect.key) !== publication.id) throw replayed(effect);
  return { kind: "publication", ...document, signature };
}

/** @throws ChoirError `bad_event`. */
export function readCitation(effect: Effect): Citation {
  const event = parseEvent(citationEventSchema, effect.payload);
  const { cited, citing } = event.v === 2 ? event.citation : event;
  if (effect.subject !== CITATIONS.replace("*", cited)) {
    throw new ChoirError("bad_event", `A citation of ${cited} stands on the subject ${effect.subject}.`);
  }
  if (event.v === 1) return { citing, cited, claim: event.context };
  verifyStatement("vibewriter/citation/1", event.citation, event.signature);
  requireKey(effect, keyOf.citation(citing, event.signature));
  return event.citation;
}

/** The same signed words under another key would happen a second time. */
function requireKey(effect: Effect, key: string): void {
  if (effect.key !== key) throw replayed(effect);
}

function replayed({ key }: Effect): ChoirError {
  return new ChoirError("bad_event", `What stands under the key ${JSON.stringify(key)} was signed for another one.`);
}

async function pack(streams: Streams, document: Document, signature: string): Promise<PublicationEvent> {
  const json = JSON.stringify(document);
  const most = streams.effects.isShared ? SHARED_INLINE_BYTES : INLINE_BYTES;
  if (Buffer.byteLength(json) <= most) return { v: 2, document, signature };
  const file = hash(json);
  // What is too large for a message is as public as what is not.
  streams.effects.refuseSecrets(PUBLICATIONS, json);
  await streams.files.put(fileKey(file), Buffer.from(json));
  return { v: 2, file, signature };
}

async function unpack(streams: Streams, file: string): Promise<Document> {
  const bytes = await streams.files.get(fileKey(file));
  if (!bytes)
    throw new ChoirError("bad_event", `The file ${fileKey(file)} of a publication is missing: restore it and rebuild.`);
  const json = Buffer.from(bytes).toString("utf8");
  if (hash(json) !== file) throw new ChoirError("bad_event", `The file ${fileKey(file)} does not match its name.`);
  return parseEvent(documentSchema, JSON.parse(json));
}

function fileKey(sha256: string): string {
  return `choir/articles/${sha256}`;
}
