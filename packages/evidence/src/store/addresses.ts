import type { Backbone, Records } from "@vibewriter/backbone";
import { z } from "zod";
import { hash, type Snapshots } from "./snapshots.js";
import type { Source } from "./source.js";

/** What an agent has last read at an address. */
const Reading = z.object({
  uri: z.string(),
  runId: z.string(),
  fetchedAt: z.string(),
  sha256: z.string(),
  mediaType: z.string(),
});
type Reading = z.infer<typeof Reading>;

/** What the pages that an agent has read were when it last read them, so that a later run notices what has changed since. */
export class Addresses {
  readonly #records: Records<Reading>;
  readonly #agentId: string;

  private constructor(records: Records<Reading>, agentId: string) {
    this.#records = records;
    this.#agentId = agentId;
  }

  static async open(o: { backbone: Pick<Backbone, "records">; agentId: string }): Promise<Addresses> {
    return new Addresses(await o.backbone.records("vibewriter-addresses", Reading), o.agentId);
  }

  /**
   * Writes down what was read now, and gives the earlier reading if the page says something else since. Two answers of one page differ in
   * their bytes more often than in what they say (a time, a token), so bytes that differ are compared by their texts, as they are extracted
   * today.
   */
  async changeOf(
    now: Pick<Source, "uri" | "sha256" | "mediaType" | "fetchedAt" | "textSha256">,
    o: { runId: string; snapshots: Snapshots },
  ): Promise<Source["changedSince"]> {
    const { uri, sha256, mediaType, fetchedAt } = now;
    const key = `${this.#agentId}.${hash(new TextEncoder().encode(uri))}`;
    const before = (await this.#records.get(key))?.value;
    if (before === undefined || before.runId !== o.runId) {
      await this.#records.put(key, { uri, runId: o.runId, fetchedAt, sha256, mediaType });
    }
    if (before === undefined || before.runId === o.runId || before.sha256 === sha256) return undefined;
    const text = await o.snapshots.extractedOf(before);
    if (text === undefined || hash(new TextEncoder().encode(text.text)) === now.textSha256) return undefined;
    return { runId: before.runId, fetchedAt: before.fetchedAt, sha256: before.sha256 };
  }
}
