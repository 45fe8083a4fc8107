import type { FileStore, Records, Secrets } from "@vibewriter/backbone";
import { draftHash, Verification } from "@vibewriter/evidence";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import type { Fence } from "../runs/fence.js";
import { Refusal } from "../tools/refusal.js";

/** That a draft was checked, and the hash of the report that came out, under `<run>.<draft's hash>`. */
export const VerificationRecord = z.object({
  runId: z.string(),
  draftSha256: z.string(),
  filepath: z.string(),
  reportSha256: z.string(),
  citations: Verification.shape.citations,
  checkedAt: z.string(),
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

  constructor(o: {
    records: Records<VerificationRecord>;
    files: FileStore;
    secrets: Pick<Secrets, "find">;
    fence: Pick<Fence, "check">;
    agentId: string;
    runId: string;
  }) {
    this.#records = o.records;
    this.#files = o.files;
    this.#secrets = o.secrets;
    this.#runId = o.runId;
    this.#fence = o.fence;
    this.#prefix = `${o.agentId}/drafts/${o.runId}`;
  }

  /** Keeps a draft and the report on it. Throws Refusal `secret_found` for a draft that could not be published for what is in it. */
  async put(filepath: string, draft: string, verification: Verification): Promise<void> {
    const secret = this.#secrets.find(draft);
    if (secret !== undefined) {
      const text = `The draft holds ${secret.what} on line ${secret.line}; take it out, then check it again.`;
      throw new Refusal("secret_found", text);
    }
    const report = new TextEncoder().encode(JSON.stringify(verification));
    const hash = draftHash(draft);
    await this.#fence.check();
    await this.#files.put(`${this.#prefix}/${hash}.md`, new TextEncoder().encode(draft));
    await this.#files.put(`${this.#prefix}/${hash}.verification.json`, report);
    await this.#records.put(`${this.#runId}.${hash}`, {
      runId: this.#runId,
      draftSha256: hash,
      filepath,
      reportSha256: sha256(report),
      citations: verification.citations,
      checkedAt: new Date().toISOString(),
    });
  }

  /** The report on exactly this draft; undefined if it was not checked or the stored report is not the one that was made. */
  async of(draft: string): Promise<Verification | undefined> {
    return await this.report(draftHash(draft));
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
    const bytes = await this.#files.get(`${this.#prefix}/${draftSha256}.md`);
    return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }

  /** The drafts of the run that were checked, the latest last. */
  async all(): Promise<VerificationRecord[]> {
    const own = (await this.#records.list()).map(({ value }) => value).filter((record) => record.runId === this.#runId);
    return own.sort((a, b) => (a.checkedAt < b.checkedAt ? -1 : 1));
  }
}
