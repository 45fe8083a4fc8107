import { z } from "zod";
import { PageHeaders } from "../sources/page-headers.js";

/** A source that was read in a run: a snapshot of its bytes, and the text that was extracted from them. */
export const Source = z.object({
  /** `S1`, `S2`, …: in the order in which sources were first read in the run, never reused. */
  id: z.string().regex(/^S[1-9]\d*$/),
  uri: z.string(),
  title: z.string(),
  author: z.string().optional(),
  /** As the source gives it. */
  date: z.string().optional(),
  /** As the source declares it. */
  language: z.string().optional(),
  /** Of the raw bytes, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.string(),
  bytes: z.number().int(),
  /** When the bytes were read, ISO 8601. */
  fetchedAt: z.string(),
  textSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Length of the text in UTF-16 code units. */
  chars: z.number().int(),
  /** The text was cut at the reader's limit. */
  truncated: z.boolean().optional(),
  /** What a person has to know of the text: pages without text, a part that only subscribers see. */
  note: z.string().optional(),
  /** Of a page: where it came from after redirects, if that is another address, and what its server said of it. */
  finalUri: z.string().optional(),
  headers: PageHeaders.optional(),
  /** The last reading before this one, by an earlier run, when the page said something else. */
  changedSince: z.object({ runId: z.string(), fetchedAt: z.string(), sha256: z.string() }).optional(),
});
export type Source = z.infer<typeof Source>;

/** A page that a run wanted to read and could not, and why, in a sentence. */
export const Unread = z.object({ uri: z.string(), code: z.string(), message: z.string(), at: z.string() });
export type Unread = z.infer<typeof Unread>;

/** The sources of one run. */
export const SourceIndex = z.object({ sources: z.array(Source), unread: z.array(Unread).optional() });
export type SourceIndex = z.infer<typeof SourceIndex>;
