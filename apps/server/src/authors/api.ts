import { z } from "zod";

/** What is said of authors between the owner process and its clients. Times are ISO 8601. */

export const Author = z.object({
  /** The name that articles carry. */
  name: z.string(),
  /** Who the author is: an Ed25519 public key, base64url. */
  publicKey: z.string(),
  /** When the key was made here, or came here. */
  addedAt: z.string(),
});
export type Author = z.infer<typeof Author>;

export const AuthorAnswer = z.object({ author: Author });
export const AuthorsAnswer = z.object({ authors: z.array(Author) });

export const Rename = z.strictObject({ name: z.string().max(1_000) });

const passphrase = z.string().max(10_000);
/** What all keys of the home are encrypted under from then on. */
export const Passphrase = z.strictObject({ passphrase });
export const PassphraseAnswer = z.object({ authors: z.int() });
export const Export = z.strictObject({ passphrase });
/** The key as one text, encrypted under the passphrase. */
export const ExportAnswer = z.object({ key: z.string() });
export const Import = z.strictObject({ key: z.string().max(10_000), passphrase });
