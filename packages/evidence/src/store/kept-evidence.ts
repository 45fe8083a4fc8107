import type { Backbone, FileStore, Records } from "@vibewriter/backbone";
import { z } from "zod";
import { EvidenceError } from "../errors.js";
import { BUCKET as ANSWERS, AnswerIndex, answerPlace } from "./answers.js";
import { ClaimIndex, KeptClaim } from "./claim.js";
import { BUCKET } from "./evidence-store.js";
import { hash, keepBytes, rawKey } from "./snapshots.js";
import { Source, SourceIndex, Unread } from "./source.js";

/** What one run has read and was answered, without the contents: those are named by their SHA-256. */
export const KeptEvidence = z.object({
  sources: z.array(Source),
  unread: z.array(Unread),
  claims: z.array(KeptClaim),
  /** By the hash of the question, the SHA-256 of the answer. */
  answers: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
export type KeptEvidence = z.infer<typeof KeptEvidence>;

type Run = { readonly agentId: string; readonly runId: string };

/** Takes what a run rests on out of one home, and puts it into another. */
export class EvidenceCopies {
  readonly #files: FileStore;
  readonly #sources: Records<SourceIndex>;
  readonly #claims: Records<ClaimIndex>;
  readonly #answers: Records<AnswerIndex>;

  private constructor(
    files: FileStore,
    o: { sources: Records<SourceIndex>; claims: Records<ClaimIndex>; answers: Records<AnswerIndex> },
  ) {
    this.#files = files;
    this.#sources = o.sources;
    this.#claims = o.claims;
    this.#answers = o.answers;
  }

  static async open(backbone: Pick<Backbone, "files" | "records">): Promise<EvidenceCopies> {
    const [sources, claims, answers] = await Promise.all([
      backbone.records(BUCKET, SourceIndex),
      backbone.records(BUCKET, ClaimIndex),
      backbone.records(ANSWERS, AnswerIndex),
    ]);
    return new EvidenceCopies(backbone.files, { sources, claims, answers });
  }

  async of(run: Run): Promise<KeptEvidence> {
    const key = keyOf(run);
    const [read, claims, answers] = await Promise.all([
      this.#sources.get(key),
      this.#claims.get(`${key}.claims`),
      this.#answers.get(key),
    ]);
    return {
      sources: read?.value.sources ?? [],
      unread: read?.value.unread ?? [],
      claims: claims?.value.claims ?? [],
      answers: answers?.value.answers ?? {},
    };
  }

  /** The bytes of a source, or of an answer. @throws EvidenceError `store_failed` if they are damaged or gone */
  async content({ agentId }: Run, kind: "source" | "answer", sha256: string): Promise<Uint8Array> {
    const bytes = await this.#files.get(kind === "source" ? rawKey(agentId, sha256) : answerPlace(agentId, sha256));
    if (bytes !== undefined && hash(bytes) === sha256) return bytes;
    throw new EvidenceError(
      "store_failed",
      `What ${sha256} names is damaged in the store, or gone: it cannot be copied.`,
    );
  }

  /**
   * Puts the evidence of a run there.
   * @param contentOf the bytes of a SHA-256; what it throws is passed on
   * @throws EvidenceError `invalid_input` for bytes of another digest
   */
  async restore(run: Run, kept: KeptEvidence, contentOf: (sha256: string) => Promise<Uint8Array>): Promise<void> {
    const { agentId } = run;
    const content = async (sha256: string): Promise<Uint8Array> => {
      const bytes = await contentOf(sha256);
      if (hash(bytes) === sha256) return bytes;
      throw new EvidenceError("invalid_input", `The content named ${sha256} is another one: it was changed.`);
    };
    for (const { sha256 } of kept.sources) await keepBytes(this.#files, agentId, await content(sha256));
    for (const sha256 of new Set(Object.values(kept.answers))) {
      await this.#files.put(answerPlace(agentId, sha256), await content(sha256));
    }
    const key = keyOf(run);
    await this.#sources.put(key, { sources: kept.sources, unread: kept.unread });
    await this.#claims.put(`${key}.claims`, { claims: kept.claims });
    await this.#answers.put(key, { answers: kept.answers });
  }
}

function keyOf({ agentId, runId }: Run): string {
  return `${agentId}.${runId}`;
}
