import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** What AES-256-GCM makes of some bytes. */
export interface Encrypted {
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly data: Uint8Array;
}

/** @param key 32 bytes @param about what the bytes are for: not in what is encrypted, but vouched for with it */
export function encrypt(content: Uint8Array, key: Uint8Array, about: string): Encrypted {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  cipher.setAAD(Buffer.from(about));
  const data = Buffer.concat([cipher.update(content), cipher.final()]);
  return { iv, tag: cipher.getAuthTag(), data };
}

/** What {@link encrypt} has encrypted; undefined if it was another key, about something else, or is not what was encrypted. */
export function decrypt({ iv, tag, data }: Encrypted, key: Uint8Array, about: string): Buffer | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(about));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return undefined; // There is only one way to fail: it does not fit.
  }
}
