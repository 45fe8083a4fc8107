import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { sha256 } from "./record.js";

/** Signs the ends of chains for a host. */
export interface AuditSigner {
  /** PEM of an ed25519 key. */
  readonly publicKey: string;
  /** base64url. */
  sign(text: string): string;
}

/** Where a chain ended at a time, signed by a host and kept outside of the chain. */
export const Anchor = z.strictObject({
  v: z.literal(1),
  agent: z.string(),
  seq: z.int().positive(),
  /** SHA-256 of that record. */
  hash: z.string(),
  at: z.string(),
  host: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});
export type Anchor = z.infer<typeof Anchor>;

export function makeAnchor(o: Pick<Anchor, "agent" | "seq" | "hash" | "host">, signer: AuditSigner): Anchor {
  const { agent, seq, hash, host } = o;
  const anchor = { v: 1 as const, agent, seq, hash, at: new Date().toISOString(), host, publicKey: signer.publicKey };
  return { ...anchor, signature: signer.sign(signedText(anchor)) };
}

/** Whether an anchor is signed with the key that it names. Whose key that is, `fingerprint` says. */
export function isSigned(anchor: Anchor): boolean {
  return isSignedBy(anchor.publicKey, signedText(anchor), anchor.signature);
}

/** @param publicKey PEM @param signature base64url */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  try {
    return bytes.length === 64 && verify(null, Buffer.from(text), createPublicKey(publicKey), bytes);
  } catch {
    return false; // That is no key.
  }
}

export function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === "ed25519";
  } catch {
    return false; // Whoever named it hears of it.
  }
}

/** What a person compares of a public key. */
export function fingerprint(publicKey: string): string {
  return sha256(publicKey.replaceAll(/-----[^-]+-----|\s/g, "")).slice(0, 40);
}

/** The purpose is part of what is signed, so that no other signature of a key can pass for an anchor. */
function signedText({ agent, seq, hash, at, host }: Omit<Anchor, "signature">): string {
  return `vibewriter audit anchor\n${JSON.stringify([1, agent, seq, hash, at, host])}`;
}
