import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { authorKeySchema, KeyPair } from "../articles/signer.js";
import { ChoirError } from "../errors.js";

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);

/** An author's key as it lies in a file: encrypted with AES-256-GCM under what scrypt makes of a secret. */
export const sealedKeySchema = z.object({
  v: z.literal(1),
  /** The name that articles carry. */
  name: z.string(),
  publicKey: authorKeySchema,
  addedAt: z.iso.datetime(),
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
export type SealedKey = z.infer<typeof sealedKeySchema>;

/** What a key is encrypted under. */
export interface KeySecret {
  readonly bytes: Uint8Array;
  /** A person can remember it, so it may be guessed: each guess has to be dear. */
  readonly isPassphrase: boolean;
}

/** OWASP's parameters for what people think up: 32 MiB and a third of a second. A random secret of 32 bytes needs no such thing. */
const DEAR = { n: 32_768, r: 8, p: 3 };
const CHEAP = { n: 1_024, r: 8, p: 1 };

/** Whether it was sealed under a passphrase, and not under a random secret. */
export function isUnderPassphrase({ kdf }: SealedKey): boolean {
  return kdf.n > CHEAP.n;
}

export async function seal(
  key: KeyPair,
  { name, addedAt }: { name: string; addedAt: string },
  secret: KeySecret,
): Promise<SealedKey> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cost = secret.isPassphrase ? DEAR : CHEAP;
  const { publicKey } = key;
  const cipher = createCipheriv("aes-256-gcm", await derive(secret.bytes, salt, cost), iv);
  cipher.setAAD(Buffer.from(publicKey));
  const data = Buffer.concat([cipher.update(key.seed), cipher.final()]);
  return {
    ...{ v: 1, name, publicKey, addedAt },
    kdf: { name: "scrypt", ...cost, salt: salt.toString("base64url") },
    cipher: {
      name: "aes-256-gcm",
      iv: iv.toString("base64url"),
      tag: cipher.getAuthTag().toString("base64url"),
      data: data.toString("base64url"),
    },
  };
}

/** @throws ChoirError `keystore_locked` if it was sealed under another secret, or is not what was sealed */
export async function unseal(sealed: SealedKey, secret: Uint8Array): Promise<KeyPair> {
  const { kdf, cipher, publicKey, name } = sealed;
  const bytes = (text: string) => Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", await derive(secret, bytes(kdf.salt), kdf), bytes(cipher.iv), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(publicKey));
    decipher.setAuthTag(bytes(cipher.tag));
    const key = KeyPair.fromSeed(Buffer.concat([decipher.update(bytes(cipher.data)), decipher.final()]));
    if (key.publicKey === publicKey) return key;
  } catch (cause) {
    throw locked(name, cause);
  }
  throw locked(name);
}

function locked(name: string, cause?: unknown): ChoirError {
  return new ChoirError(
    "keystore_locked",
    `The key of ${JSON.stringify(name)} cannot be opened: give the passphrase that it was encrypted with (a home reads its own when its server starts).`,
    { cause },
  );
}

const scryptOf: (secret: Uint8Array, salt: Uint8Array, length: number, o: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

async function derive(secret: Uint8Array, salt: Uint8Array, { n, r, p }: typeof DEAR): Promise<Buffer> {
  return await scryptOf(secret, salt, 32, { N: n, r, p, maxmem: 256 * n * r });
}
