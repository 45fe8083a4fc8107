import { z } from "zod";
import { decrypt, type Encrypted, encrypt, IV_BYTES, TAG_BYTES } from "./cipher.js";

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);

/** Encrypted bytes as fields of something in JSON. */
export const encryptedFieldsSchema = z.object({ iv: base64url, tag: base64url, data: base64url });
export type EncryptedFields = z.infer<typeof encryptedFieldsSchema>;

/** @param key 32 bytes @param about part of what is vouched for */
export function encryptFields(content: Uint8Array, key: Uint8Array, about: string): EncryptedFields {
  const { iv, tag, data } = encrypt(content, key, about);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  return { iv: text(iv), tag: text(tag), data: text(data) };
}

/** What {@link encryptFields} has encrypted; undefined if it does not fit. */
export function decryptFields({ iv, tag, data }: EncryptedFields, key: Uint8Array, about: string): Buffer | undefined {
  const bytes = (text: string) => Buffer.from(text, "base64url");
  return decrypt({ iv: bytes(iv), tag: bytes(tag), data: bytes(data) }, key, about);
}

/** A text, encrypted, as one text: base64 of the nonce, the tag and the data. */
export function encryptText(text: string, key: Uint8Array, about: string): string {
  const { iv, tag, data } = encrypt(Buffer.from(text), key, about);
  return Buffer.concat([iv, tag, data]).toString("base64");
}

/** What {@link encryptText} has encrypted; undefined if it does not fit. */
export function decryptText(encrypted: string, key: Uint8Array, about: string): string | undefined {
  return decrypt(parted(Buffer.from(encrypted, "base64")), key, about)?.toString("utf8");
}

function parted(bytes: Buffer): Encrypted {
  const data = IV_BYTES + TAG_BYTES;
  return { iv: bytes.subarray(0, IV_BYTES), tag: bytes.subarray(IV_BYTES, data), data: bytes.subarray(data) };
}
