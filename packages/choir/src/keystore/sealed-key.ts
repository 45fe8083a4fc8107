import { type KeySecret, openBox, sealBox, sealedBoxSchema } from "@vibewriter/backbone";
import { z } from "zod";
import { authorKeySchema, KeyPair } from "../articles/signer.js";
import { ChoirError } from "../errors.js";

/** An author's key as it lies in a file, sealed about the public key. */
export const sealedKeySchema = z.object({
  v: z.literal(1),
  /** The name that articles carry. */
  name: z.string(),
  publicKey: authorKeySchema,
  addedAt: z.iso.datetime(),
  ...sealedBoxSchema.shape,
});
export type SealedKey = z.infer<typeof sealedKeySchema>;

export async function seal(
  key: KeyPair,
  { name, addedAt }: { name: string; addedAt: string },
  secret: KeySecret,
): Promise<SealedKey> {
  const { publicKey } = key;
  return { ...{ v: 1, name, publicKey, addedAt }, ...(await sealBox(key.seed, publicKey, secret)) };
}

/** @throws ChoirError `keystore_locked` if it was sealed under another secret, or is not what was sealed */
export async function unseal(sealed: SealedKey, secret: Uint8Array): Promise<KeyPair> {
  const { publicKey, name } = sealed;
  const seed = await openBox(sealed, publicKey, secret);
  const key = seed?.length === 32 ? KeyPair.fromSeed(seed) : undefined;
  if (key?.publicKey === publicKey) return key;
  throw locked(name);
}

function locked(name: string): ChoirError {
  return new ChoirError(
    "keystore_locked",
    `The key of ${JSON.stringify(name)} cannot be opened: give the passphrase that it was encrypted with (a home reads its own when its server starts).`,
  );
}
