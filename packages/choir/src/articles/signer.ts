import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";

/**
 * Signs on behalf of one author. Whoever has one can publish as that author and sees nothing of the key, so a key may lie in a file, on
 * another host, or in a machine that does nothing but sign.
 */
export interface Signer {
  /** The author: the raw Ed25519 public key as base64url, 43 characters. */
  readonly publicKey: string;
  /** A raw Ed25519 signature (RFC 8032, 64 bytes), the same for the same bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** An author's public key, in its one spelling: the bits that its last character has to spare are zero. */
export const authorKeySchema = z.string().refine(isBase64Url(32), "must be an Ed25519 public key as base64url");
/** A signature as it stands in an event. */
export const signatureSchema = z.string().refine(isBase64Url(64), "must be an Ed25519 signature as base64url");

/** A key pair in the memory of this process. */
export class KeyPair implements Signer {
  readonly publicKey: string;
  readonly #private: KeyObject;

  private constructor(key: KeyObject) {
    this.#private = key;
    this.publicKey = z.object({ x: authorKeySchema }).parse(createPublicKey(key).export({ format: "jwk" })).x;
  }

  static generate(): KeyPair {
    return new KeyPair(generateKeyPairSync("ed25519").privateKey);
  }

  /** @param seed the 32 bytes that an Ed25519 key is made from */
  static fromSeed(seed: Uint8Array): KeyPair {
    return new KeyPair(createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" }));
  }

  /** The 32 bytes that this key is made from: the secret itself. */
  get seed(): Uint8Array {
    return this.#private.export({ format: "der", type: "pkcs8" }).subarray(PKCS8.length);
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign(null, bytes, this.#private);
  }
}

/** Whether the author with this public key has signed these bytes; false for anything that is no key or no signature. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  if (!authorKeySchema.safeParse(publicKey).success || !signatureSchema.safeParse(signature).success) return false;
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  return verify(null, bytes, key, Buffer.from(signature, "base64url"));
}

/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function isBase64Url(bytes: number): (text: string) => boolean {
  return (text) => {
    const decoded = Buffer.from(text, "base64url");
    return decoded.length === bytes && decoded.toString("base64url") === text;
  };
}
