import { createHash } from "node:crypto";
import type { Backbone, Records } from "@vibewriter/backbone";
import { z } from "zod";
import type { WebResult } from "./web-search.js";

const WebResults = z.array(
  z.object({
    uri: z.string(),
    title: z.string(),
    passage: z.string(),
    date: z.string().optional(),
    fullText: z.string().optional(),
  }),
);

/** What a search answered, and when, in milliseconds since 1970. */
const Answer = z.object({ question: z.string(), at: z.number(), results: WebResults });
type Answer = z.infer<typeof Answer>;

/** For how long a search is not asked the same again, in milliseconds. */
const FRESH_MS = 24 * 3_600_000;
/** Answers that are kept at a time. */
const PLACES = 1_024;

/**
 * What searches have answered lately, for all runs of a home. An answer lies in a place that its question gives, and the next question of that
 * place takes it over: so there are never more answers than places, and nothing has to be swept.
 */
export class SearchCache {
  readonly #records: Records<Answer>;

  private constructor(records: Records<Answer>) {
    this.#records = records;
  }

  static async open(backbone: Pick<Backbone, "records">): Promise<SearchCache> {
    return new SearchCache(await backbone.records("vibewriter-searches", Answer));
  }

  /** @param now milliseconds since 1970 */
  async get(question: string, now = Date.now()): Promise<readonly WebResult[] | undefined> {
    const answer = (await this.#records.get(placeOf(question)))?.value;
    return answer?.question === question && now - answer.at < FRESH_MS ? answer.results : undefined;
  }

  async put(question: string, results: readonly WebResult[], now = Date.now()): Promise<void> {
    await this.#records.put(placeOf(question), { question, at: now, results: [...results] });
  }
}

function placeOf(question: string): string {
  return String(createHash("sha256").update(question).digest().readUInt32BE() % PLACES);
}
