import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);

/** Some bytes as they lie in a file: encrypted with AES-256-GCM under what scrypt makes of a secret. */
export const sealedBoxSchema = z.object({
  /** Bounded, so that a file that somebody hands over cannot take all memory: 128 * n * r bytes. */
  kdf: z.object({
    name: z.literal("scrypt"),
    n: z.int().min(1024).max(131_072),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(4),
    salt: base64url,
  }),
  cipher: z.object({ name: z.literal("aes-256-gcm"), iv: base64url, tag: base64url, data: base64url }),
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

/** Whether it was sealed under a passphrase, and not under a random secret. */
export function isUnderPassphrase({ kdf }: Pick<SealedBox, "kdf">): boolean {
  return kdf.n > CHEAP.n;
}

/** @param about what the box is for: part of what is vouched for */
export async function sealBox(content: Uint8Array, about: string, secret: KeySecret): Promise<SealedBox> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cost = secret.isPassphrase ? DEAR : CHEAP;
  const cipher = createCipheriv("aes-256-gcm", await derive(secret.bytes, salt, cost), iv);
  cipher.setAAD(Buffer.from(about));
  const data = Buffer.concat([cipher.update(content), cipher.final()]);
  return {
    kdf: { name: "scrypt", ...cost, salt: salt.toString("base64url") },
    cipher: {
      name: "aes-256-gcm",
      iv: iv.toString("base64url"),
      tag: cipher.getAuthTag().toString("base64url"),
      data: data.toString("base64url"),
    },
  };
}

/** @throws Error of Node if it was sealed under another secret, about something else, or is not what was sealed */
export async function openBox({ kdf, cipher }: SealedBox, about: string, secret: Uint8Array): Promise<Buffer> {
  const bytes = (text: string) => Buffer.from(text, "base64url");
  const key = await derive(secret, bytes(kdf.salt), kdf);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes(cipher.iv), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(bytes(cipher.tag));
  return Buffer.concat([decipher.update(bytes(cipher.data)), decipher.final()]);
}

const scryptOf: (secret: Uint8Array, salt: Uint8Array, length: number, o: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

async function derive(secret: Uint8Array, salt: Uint8Array, { n, r, p }: typeof DEAR): Promise<Buffer> {
  return await scryptOf(secret, salt, 32, { N: n, r, p, maxmem: 256 * n * r });
}
