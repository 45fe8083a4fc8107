import type { FileStore, Records, Secrets } from "@vibewriter/backbone";
import { draftHash, type Source, Verification } from "@vibewriter/evidence";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import type { Fence } from "../runs/fence.js";
import { secretIn } from "../taint/output-filter.js";
import { Refusal } from "../tools/refusal.js";
import { checkedDraft } from "./checked-draft.js";
import { type ReportSeal, SealedReport } from "./report-seal.js";

/** That a draft was checked, and the hash of the report that came out, under `<run>.<draft's hash>`. */
export const VerificationRecord = z.object({
  runId: z.string(),
  draftSha256: z.string(),
  filepath: z.string(),
  reportSha256: z.string(),
  citations: Verification.shape.citations,
  checkedAt: z.string(),
  /** The host's signed word. A report of an earlier release has none, and is made again before it counts. */
  sealed: SealedReport.optional(),
});
export type VerificationRecord = z.infer<typeof VerificationRecord>;

/** The host's own citation reports, kept where the VM cannot reach: records for what was checked, the file store for the reports. */
export class Verifications {
  readonly #records: Records<VerificationRecord>;
  readonly #files: FileStore;
  readonly #prefix: string;
  readonly #runId: string;
  readonly #secrets: Pick<Secrets, "find">;
  readonly #fence: Pick<Fence, "check">;
  readonly #seal: ReportSeal;
  readonly #sources: () => Promise<readonly Pick<Source, "id" | "textSha256">[]>;
  readonly #agentId: string;

  /** @param o.sources the run's sources as they are now */
  constructor(o: {
    records: Records<VerificationRecord>;
    files: FileStore;
    secrets: Pick<Secrets, "find">;
    fence: Pick<Fence, "check">;
    seal: ReportSeal;
    sources: () => Promise<readonly Pick<Source, "id" | "textSha256">[]>;
    agentId: string;
    runId: string;
  }) {
    this.#records = o.records;
    this.#files = o.files;
    this.#secrets = o.secrets;
    this.#runId = o.runId;
    this.#fence = o.fence;
    this.#seal = o.seal;
    this.#sources = o.sources;
    this.#agentId = o.agentId;
    this.#prefix = `${o.agentId}/drafts/${o.runId}`;
  }

  /** Keeps a draft and the report on it, signed by this host. Throws Refusal `secret_found` for a draft that could not be published for what is in it. */
  async put(filepath: string, draft: string, verification: Verification): Promise<void> {
    const secret = secretIn(this.#secrets, draft);
    if (secret !== undefined) {
      const where = secret.line === undefined ? "in a disguise" : `on line ${secret.line}`;
      const text = `The draft holds ${secret.what} ${where}; take it out, then check it again.`;
      throw new Refusal("secret_found", text);
    }
    const report = new TextEncoder().encode(JSON.stringify(verification));
    const hash = draftHash(draft);
    const { method, citations, coverage } = verification;
    const sealed = await this.#seal.seal({
      agentId: this.#agentId,
      runId: this.#runId,
      draftSha256: hash,
      reportSha256: sha256(report),
      sources: Object.fromEntries((await this.#sources()).map(({ id, textSha256 }) => [id, textSha256])),
      method,
      citations,
      coverage,
    });
    await this.#fence.check();
    await this.#files.put(`${this.#prefix}/${hash}.md`, new TextEncoder().encode(draft));
    await this.#files.put(`${this.#prefix}/${hash}.verification.json`, report);
    await this.#records.put(`${this.#runId}.${hash}`, {
      runId: this.#runId,
      draftSha256: hash,
      filepath,
      reportSha256: sha256(report),
      citations,
      checkedAt: sealed.statement.checkedAt,
      sealed,
    });
  }

  /**
   * The report that lets exactly this draft be published: signed by a host that checks drafts, for this run, over these bytes of report and
   * draft and over the texts that the run's sources have now.
   * @throws Refusal `no_verification`, `other_draft`, `invalid_report` or `report_too_old`
   */
  async signed(draft: string): Promise<Verification> {
    const draftSha256 = draftHash(draft);
    const record = (await this.#records.get(`${this.#runId}.${draftSha256}`))?.value;
    if (record === undefined) {
      if ((await this.all()).length === 0)
        throw new Refusal("no_verification", "The draft was not checked; call verify_citations first.");
      throw new Refusal("other_draft", "The draft has changed since it was checked; call verify_citations again.");
    }
    const verification = await this.report(draftSha256);
    const { sealed } = record;
    if (verification === undefined || sealed === undefined || !(await this.#vouchesFor(sealed, record, draftSha256))) {
      throw new Refusal(
        "invalid_report",
        "The stored report is not one that a host has signed for this draft of this run and its sources; call verify_citations again.",
      );
    }
    if (this.#seal.isStale(sealed))
      throw new Refusal("report_too_old", "The draft was checked too long ago; call verify_citations again.");
    return verification;
  }

  /** Whether a signature is genuine, and is about this run, this draft, this report, and texts that the sources still have. */
  async #vouchesFor(sealed: SealedReport, record: VerificationRecord, draftSha256: string): Promise<boolean> {
    const { statement } = sealed;
    const isThis =
      statement.agentId === this.#agentId &&
      statement.runId === this.#runId &&
      statement.draftSha256 === draftSha256 &&
      statement.reportSha256 === record.reportSha256;
    if (!isThis || !(await this.#seal.isGenuine(sealed))) return false;
    const now = new Map((await this.#sources()).map(({ id, textSha256 }) => [id, textSha256]));
    return Object.entries(statement.sources).every(([id, hash]) => now.get(id) === hash);
  }

  /** The report on the draft with this hash. */
  async report(draftSha256: string): Promise<Verification | undefined> {
    const record = (await this.#records.get(`${this.#runId}.${draftSha256}`))?.value;
    if (record === undefined) return undefined;
    const bytes = await this.#files.get(`${this.#prefix}/${draftSha256}.verification.json`);
    if (bytes === undefined || sha256(bytes) !== record.reportSha256) return undefined;
    return Verification.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }

  /** The draft with this hash as it was checked. */
  async draft(draftSha256: string): Promise<string | undefined> {
    return await checkedDraft(this.#files, { agentId: this.#agentId, runId: this.#runId, draftSha256 });
  }

  /** The drafts of the run that were checked, the latest last. */
  async all(): Promise<VerificationRecord[]> {
    const own = (await this.#records.list()).map(({ value }) => value).filter((record) => record.runId === this.#runId);
    return own.sort((a, b) => (a.checkedAt < b.checkedAt ? -1 : 1));
  }
}
