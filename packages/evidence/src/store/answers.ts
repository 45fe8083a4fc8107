import type { Backbone, FileStore, Records } from "@vibewriter/backbone";
import { z } from "zod";
import { hash } from "./snapshots.js";

/** Where the answers to the questions of one run lie: by the hash of the question, the hash of the answer. */
export const AnswerIndex = z.object({ answers: z.record(z.string(), z.string()) });
export type AnswerIndex = z.infer<typeof AnswerIndex>;

export const BUCKET = "vibewriter-answers";

/** Answers that are kept of a run, the latest: as many as fit into one record with room to spare. */
const MOST_ANSWERS = 4_000;

/** What the searches of one run were answered, kept by what it is, so that the run can be repeated without asking anybody. */
export class Answers {
  readonly #files: FileStore;
  readonly #records: Records<AnswerIndex>;
  readonly #agentId: string;
  readonly #runId: string;

  private constructor(records: Records<AnswerIndex>, o: { files: FileStore; agentId: string; runId: string }) {
    this.#records = records;
    this.#files = o.files;
    this.#agentId = o.agentId;
    this.#runId = o.runId;
  }

  static async open(o: {
    backbone: Pick<Backbone, "files" | "records">;
    agentId: string;
    runId: string;
  }): Promise<Answers> {
    const records = await o.backbone.records(BUCKET, AnswerIndex);
    return new Answers(records, { ...o, files: o.backbone.files });
  }

  /** What was last answered to a question; undefined if it was never asked. */
  async get(question: string): Promise<string | undefined> {
    const sha256 = (await this.#records.get(this.#keyOf(this.#runId)))?.value.answers[nameOf(question)];
    if (sha256 === undefined) return undefined;
    const bytes = await this.#files.get(this.#placeOf(sha256));
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  async put(question: string, answer: string): Promise<void> {
    const bytes = new TextEncoder().encode(answer);
    const sha256 = hash(bytes);
    await this.#files.put(this.#placeOf(sha256), bytes);
    await this.#records.update(this.#keyOf(this.#runId), (now) => {
      const { [nameOf(question)]: _, ...others } = now?.answers ?? {};
      const kept = Object.entries(others).slice(-MOST_ANSWERS);
      return { answers: Object.fromEntries([...kept, [nameOf(question), sha256]]) };
    });
  }

  /** Takes over the answers of another run of the agent; what this one has already stays. */
  async adopt(runId: string): Promise<void> {
    const other = (await this.#records.get(this.#keyOf(runId)))?.value;
    if (other === undefined) return;
    await this.#records.update(this.#keyOf(this.#runId), (now) => ({ answers: { ...other.answers, ...now?.answers } }));
  }

  #keyOf(runId: string): string {
    return `${this.#agentId}.${runId}`;
  }

  #placeOf(sha256: string): string {
    return answerPlace(this.#agentId, sha256);
  }
}

export function answerPlace(agentId: string, sha256: string): string {
  return `${agentId}/answers/${sha256}`;
}

function nameOf(question: string): string {
  return hash(new TextEncoder().encode(question)).slice(0, 32);
}
