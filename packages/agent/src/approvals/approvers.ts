import { fingerprint, isPublicKey, isSignedBy, type Records } from "@vibewriter/backbone";
import { z } from "zod";

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
    // Also one that is there under the name that earlier releases gave it.
    const known = await this.#records.listReadable();
    if (known.some(({ value }) => value.publicKey === publicKey)) return;
    await this.#records.update(fingerprint(publicKey), (now) =>
      now === undefined ? { publicKey, host, at: new Date().toISOString() } : undefined,
    );
  }

  /** Everybody whose word counts now. What is no key there vouches for nothing, and takes nobody else's word away. */
  async all(): Promise<Verifier[]> {
    const keys = (await this.#records.listReadable()).filter(({ value }) => isPublicKey(value.publicKey));
    return keys.map(({ value }) => ({
      verify: (text, signature) => isSignedBy(value.publicKey, text, signature),
    }));
  }
}
