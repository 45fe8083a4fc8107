import { randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { decryptFields, encryptedFieldsSchema, encryptFields } from "./encrypted-text.js";

/** Some bytes as they lie in a file: encrypted with AES-256-GCM under what scrypt makes of a secret. */
export const sealedBoxSchema = z.object({
  /** Bounded, so that a file that somebody hands over cannot take all memory: 128 * n * r bytes. */
  kdf: z.object({
    name: z.literal("scrypt"),
    n: z
      .int()
      .min(1024)
      .max(131_072)
      .refine((n) => (n & (n - 1)) === 0, "It must be a power of two"),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(4),
    salt: z.string().regex(/^[A-Za-z0-9_-]*$/),
  }),
  cipher: z.object({ name: z.literal("aes-256-gcm"), ...encryptedFieldsSchema.shape }),
});
export type SealedBox = z.infer<typeof sealedBoxSchema>;

/** What something is encrypted under. */
export interface KeySecret {
  readonly bytes: Uint8Array;
  /** A person can remember it, so it may be guessed: each guess has to be dear. */
  readonly isPassphrase: boolean;
}

/** OWASP's parameters for what people think up: 32 MiB and a third of a second. A random secret of 32 bytes needs no such thing. */
const DEAR = { n: 32_768, r: 8, p: 3 };
const CHEAP = { n: 1_024, r: 8, p: 1 };

/** A passphrase as a secret, whichever way its letters were composed. */
export function passphraseSecret(passphrase: string): KeySecret {
  return { bytes: Buffer.from(passphrase.normalize("NFKC")), isPassphrase: true };
}

/** Whether it was sealed under a passphrase, and not under a random secret. */
export function isUnderPassphrase({ kdf }: Pick<SealedBox, "kdf">): boolean {
  return kdf.n > CHEAP.n;
}

/** @param about what the box is for: part of what is vouched for */
export async function sealBox(content: Uint8Array, about: string, secret: KeySecret): Promise<SealedBox> {
  const salt = randomBytes(16);
  const cost = secret.isPassphrase ? DEAR : CHEAP;
  const key = await derive(secret.bytes, salt, cost);
  return {
    kdf: { name: "scrypt", ...cost, salt: salt.toString("base64url") },
    cipher: { name: "aes-256-gcm", ...encryptFields(content, key, about) },
  };
}

/** What is in a box; undefined if it was sealed under another secret, about something else, or is not what was sealed. */
export async function openBox(
  { kdf, cipher }: SealedBox,
  about: string,
  secret: Uint8Array,
): Promise<Buffer | undefined> {
  return decryptFields(cipher, await derive(secret, Buffer.from(kdf.salt, "base64url"), kdf), about);
}

const scryptOf: (secret: Uint8Array, salt: Uint8Array, length: number, o: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

async function derive(secret: Uint8Array, salt: Uint8Array, { n, r, p }: typeof DEAR): Promise<Buffer> {
  return await scryptOf(secret, salt, 32, { N: n, r, p, maxmem: 256 * n * r });
}
