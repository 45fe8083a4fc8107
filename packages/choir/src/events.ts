import { z } from "zod";
import { type Document, hash, publicationSchema, versionOf } from "./articles/article.js";
import { retractionSchema } from "./articles/retraction.js";
import { signatureSchema } from "./articles/signer.js";
import { citationSchema, unsignedCitationSchema } from "./citations/citation.js";
import { ChoirError } from "./errors.js";

/** What stands in the stream. Form 1 is of release 0.1.0, unsigned; it counts only before the effect that asks for signatures. */
const [UNSIGNED, SIGNED] = [z.literal(1), z.literal(2)];

export const documentSchema = z.object({ publication: publicationSchema, markdown: z.string() });
const fileSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A publication is the document itself or, if that is large, the hash of a file that holds it. */
const signedPublication = { v: SIGNED, signature: signatureSchema };

/** On `kb.publish.new`. */
export const publicationEventSchema = z.union([
  z.object({ ...signedPublication, document: documentSchema }),
  z.object({ ...signedPublication, file: fileSchema }),
  z.object({ v: SIGNED, retraction: retractionSchema, signature: signatureSchema }),
  z.object({ v: SIGNED, signatures: z.literal("required") }),
  z.object({ v: UNSIGNED, document: documentSchema }),
  z.object({ v: UNSIGNED, file: fileSchema }),
]);
export type PublicationEvent = z.infer<typeof publicationEventSchema>;

/** On `citation.new.<cited>`. */
export const citationEventSchema = z.union([
  z.object({ v: SIGNED, citation: citationSchema, signature: signatureSchema }),
  unsignedCitationSchema.extend({ v: UNSIGNED }),
]);

/** @throws ChoirError `bad_event` if the text is not what the publication says of it */
export function checkDocument({ publication, markdown }: Document): void {
  if (hash(markdown) === publication.markdownSha256 && versionOf(publication) === publication.version) return;
  throw new ChoirError("bad_event", `The text of article ${publication.id} is not what its version says.`);
}

/** @throws ChoirError `bad_event` */
export function parseEvent<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ChoirError("bad_event", `An effect is not in the form it should have: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}
