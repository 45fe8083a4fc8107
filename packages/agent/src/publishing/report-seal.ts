import { Verification } from "@vibewriter/evidence";
import { z } from "zod";
import type { Approvers, Verifier } from "../approvals/approvers.js";
import { canonicalJson } from "../canonical.js";
import type { HomeKey } from "../home-key.js";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a host says of a draft: that it has checked exactly these bytes against exactly these texts, and what came out. */
export const ReportStatement = z.strictObject({
  version: z.literal(1),
  agentId: z.string(),
  runId: z.string(),
  draftSha256: Sha256,
  /** Of the report's bytes as they are stored. */
  reportSha256: Sha256,
  /** The SHA-256 of each source's text, by the source's id. */
  sources: z.record(z.string(), Sha256),
  /** As it was signed: `text` is what earlier releases said for `lexical`. */
  method: z.enum(["lexical", "text", "model"]),
  citations: Verification.shape.citations,
  coverage: z.object({ worth: z.number(), cited: z.number(), share: z.number() }),
  /** ISO 8601. */
  checkedAt: z.iso.datetime(),
});
export type ReportStatement = z.infer<typeof ReportStatement>;

/** A statement with the host's signature over it, base64url. */
export const SealedReport = z.strictObject({ statement: ReportStatement, signature: z.string() });
export type SealedReport = z.infer<typeof SealedReport>;

/** Days for which a host vouches for a check: longer than a person takes to answer, shorter than programs and sources stay the same. */
const VOUCHED_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** By how much the clocks of two hosts may differ. */
const CLOCKS_MS = 3_600_000;

/**
 * Signs reports with this host's own key, and tells those of any host that may check drafts. The keys of all of them are in a bucket that
 * workers write and clients only read, so that a draft that one host has checked is published by another.
 */
export class ReportSeal {
  readonly #key: HomeKey;
  readonly #checkers: Pick<Approvers, "all" | "register">;
  readonly #host: string;
  readonly #now: () => Date;
  #isRegistered = false;

  /** @param o.checkers the public keys of hosts whose reports count */
  constructor(o: {
    key: HomeKey;
    checkers: Pick<Approvers, "all" | "register">;
    host: string;
    now?: () => Date;
  }) {
    this.#key = o.key;
    this.#checkers = o.checkers;
    this.#host = o.host;
    this.#now = o.now ?? (() => new Date());
  }

  /** Signs what this host has found. Its key is made known first: a process that only reads reports may not write it. */
  async seal(found: Omit<ReportStatement, "version" | "checkedAt">): Promise<SealedReport> {
    if (!this.#isRegistered) await this.#checkers.register(this.#key.publicKey, this.#host);
    this.#isRegistered = true;
    const statement: ReportStatement = { version: 1, ...found, checkedAt: this.#now().toISOString() };
    return { statement, signature: this.#key.sign(signedText(statement)) };
  }

  /** Whether a host that may check drafts has signed exactly this. Says nothing of its age. */
  async isGenuine({ statement, signature }: SealedReport): Promise<boolean> {
    const text = signedText(statement);
    const signed = (checker: Verifier) => checker.verify(text, signature);
    return signed(this.#key) || (await this.#checkers.all()).some(signed);
  }

  /** Whether a check was so long ago, or is so far ahead of this clock, that it is to be made again. */
  isStale({ statement }: SealedReport): boolean {
    const age = this.#now().getTime() - Date.parse(statement.checkedAt);
    return age > VOUCHED_DAYS * DAY_MS || age < -CLOCKS_MS;
  }
}

/** The purpose is part of what is signed, so that no other signature of a host can pass for a report's. */
function signedText(statement: ReportStatement): string {
  return `vibewriter citation report\n${canonicalJson(statement)}`;
}
