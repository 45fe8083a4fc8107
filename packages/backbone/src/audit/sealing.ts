import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { DataKey } from "./data-keys.js";

/** AES-256-GCM: the bytes of the nonce and of the tag, which stand in front of what is encrypted. */
const IV = 12;
const TAG = 16;

/** Encrypts a text for a record; `about` is part of what the tag vouches for. */
export function seal(text: string, key: DataKey, about: string): string {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv);
  cipher.setAAD(Buffer.from(about));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), data]).toString("base64");
}

/** What {@link seal} has encrypted; undefined if it was another key, or is not what was encrypted. */
export function unseal(sealed: string, key: DataKey, about: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, IV), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(about));
    decipher.setAuthTag(bytes.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString("utf8");
  } catch {
    return undefined; // There is only one way to fail: it does not fit.
  }
}
