import { isAbsolute } from "node:path";
import { z } from "zod";
import { NOT_ABSOLUTE } from "../sources.js";

/** A document of this machine whose text is wanted. */
export const DocumentToRead = z.strictObject({
  path: z.string().refine(isAbsolute, NOT_ABSOLUTE),
  mediaType: z.string().min(1).max(200),
  /** What the document is called in messages. */
  name: z.string().min(1).max(4_096),
});
export type DocumentToRead = z.infer<typeof DocumentToRead>;

/** The text of a document as the reader VM gives it. */
export const ReadText = z.object({ title: z.string().optional(), text: z.string(), note: z.string().optional() });
export type ReadText = z.infer<typeof ReadText>;
