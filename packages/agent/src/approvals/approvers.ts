import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Records } from "@vibewriter/backbone";
import { z } from "zod";
import { sha256 } from "../canonical.js";

/**
 * The public half of a key of a home, under its fingerprint: of the one that signs approvals in `VIBEWRITER_APPROVERS`, of the one that
 * signs reports in `VIBEWRITER_CHECKERS`.
 */
export const Approver = z.object({ publicKey: z.string(), host: z.string(), at: z.string() });
export type Approver = z.infer<typeof Approver>;

/** Whoever can tell whether a signature is an approver's. */
export interface Verifier {
  verify(text: string, signature: string): boolean;
}

/**
 * The approvers of all hosts that share a NATS, by their public keys, so that what a person has allowed on one host is allowed for the
 * worker of another. Whoever may write this bucket may approve. The hosts whose reports count are kept in the same way.
 */
export class Approvers {
  readonly #records: Records<Approver>;

  constructor(records: Records<Approver>) {
    this.#records = records;
  }

  /** Makes a key known; doing it again changes nothing. @param publicKey PEM */
  async register(publicKey: string, host: string): Promise<void> {
    const fingerprint = sha256(publicKey).slice(0, 40);
    await this.#records.update(fingerprint, (now) =>
      now === undefined ? { publicKey, host, at: new Date().toISOString() } : undefined,
    );
  }

  /** Everybody whose word counts now. */
  async all(): Promise<Verifier[]> {
    return (await this.#records.list()).map(({ value }) => verifierOf(createPublicKey(value.publicKey)));
  }
}

function verifierOf(key: KeyObject): Verifier {
  return {
    verify: (text, signature) => {
      const bytes = Buffer.from(signature, "base64url");
      return bytes.length === 64 && verify(null, Buffer.from(text), key, bytes);
    },
  };
}
