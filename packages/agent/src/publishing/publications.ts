import type { Records } from "@vibewriter/backbone";
import { z } from "zod";
import type { Fence } from "../runs/fence.js";
import { FIRST_TURN } from "../runs/record.js";

/** A citation the agent asked for. It is recorded once there is an article that cites. */
export const QueuedCitation = z.object({
  articleId: z.string(),
  /** What the agent says of the article. */
  context: z.string(),
  /** A person has seen that, and said yes to it: then it is public. */
  isSeen: z.boolean().default(false),
  /** Words of the cited article on which it rests. */
  passage: z.string().optional(),
  recorded: z.boolean(),
});
export type QueuedCitation = z.infer<typeof QueuedCitation>;

/** A publication that may have happened: the draft, and the rendered text that was on its way. */
const Begun = z.object({ draftSha256: z.string(), filepath: z.string(), markdownSha256: z.string() });
type Begun = z.infer<typeof Begun>;

const PublishedArticle = z.object({
  id: z.string(),
  title: z.string(),
  noveltyScore: z.number(),
  draftSha256: z.string(),
  filepath: z.string(),
  /** An earlier turn has published this very text, and nothing was published for this one: another draft still may be. */
  isEarlier: z.literal(true).optional(),
});
type PublishedArticle = z.infer<typeof PublishedArticle>;

/** What a run has published and cited for one wish of the person, under the scope of that wish. */
export const Publication = z.object({
  article: PublishedArticle.optional(),
  citations: z.array(QueuedCitation),
  /** Drafts whose publication was allowed and begun: what a crash has left is told by its text. */
  begun: z.array(Begun).optional(),
  /** A person said no to publishing that draft. */
  declined: z.object({ message: z.string(), draftSha256: z.string().optional() }).optional(),
});
export type Publication = z.infer<typeof Publication>;

/** One that came to an article. */
export type EarlierPublication = Publication & { article: PublishedArticle };

/**
 * Names the wish of the person that a run works for: the run itself for the request, so that what earlier releases have written stays good, and
 * the run and the turn for a later one.
 */
export function scopeOf(runId: string, turn: string): string {
  return turn === FIRST_TURN ? runId : `${runId}.${turn}`;
}

/** The publication of one run. Every change is a compare-and-set, so that parallel tools lose nothing. */
export class Publications {
  readonly #records: Records<Publication>;
  readonly #runId: string;
  readonly #turn: string;
  readonly #earlier: readonly string[];
  readonly #fence: Pick<Fence, "check">;

  /**
   * @param o.turn the one that began the work under way
   * @param o.earlier turns whose work came to a report, the oldest first
   */
  constructor(
    records: Records<Publication>,
    o: { fence: Pick<Fence, "check" | "runId">; turn: string; earlier: readonly string[] },
  ) {
    this.#records = records;
    this.#runId = o.fence.runId;
    this.#turn = o.turn;
    this.#earlier = o.earlier.filter((turn) => turn !== o.turn);
    this.#fence = o.fence;
  }

  async get(): Promise<Publication> {
    return (await this.#records.get(this.#key))?.value ?? { citations: [] };
  }

  /** What came of earlier turns, the newest first. */
  async earlier(): Promise<Publication[]> {
    const keys = this.#earlier.map((turn) => scopeOf(this.#runId, turn));
    const records = await Promise.all(keys.map((key) => this.#records.get(key)));
    return records.flatMap((record) => (record === undefined ? [] : [record.value])).reverse();
  }

  /** How many citations earlier turns have recorded, those of an article that this turn repeats left aside. */
  async citedBefore(): Promise<number> {
    const { article } = await this.get();
    const others = (await this.earlier()).filter(
      (one) => one.article?.isEarlier !== true && one.article?.id !== article?.id,
    );
    return others.flatMap(({ citations }) => citations).filter(({ recorded }) => recorded).length;
  }

  /** To be called before the effect, so that it is found again. */
  async begin(begun: Begun): Promise<void> {
    await this.#change((now) => {
      const others = (now.begun ?? []).filter(({ markdownSha256 }) => markdownSha256 !== begun.markdownSha256);
      return { ...now, begun: [...others, begun] };
    });
  }

  async published(article: PublishedArticle): Promise<void> {
    await this.#change((now) => ({
      ...now,
      article,
      declined: undefined,
      // What another article has cited, this one has not yet.
      citations: now.citations.map((citation) =>
        now.article?.id === article.id ? citation : { ...citation, recorded: false },
      ),
    }));
  }

  /** What an earlier turn has published is what this one comes to, with what it cites. */
  async repeats({ article, citations }: EarlierPublication): Promise<void> {
    await this.#change((now) => {
      const others = citations.filter(({ articleId }) => now.citations.every((one) => one.articleId !== articleId));
      const repeated = { ...article, isEarlier: true as const };
      return { ...now, article: repeated, declined: undefined, citations: [...now.citations, ...others] };
    });
  }

  async declined(message: string, draftSha256: string): Promise<void> {
    await this.#change((now) => ({ ...now, declined: { message, draftSha256 } }));
  }

  /** Adds a citation unless the article is in the list already or the list is as long as `budget`; says which. */
  async queue(citation: Omit<QueuedCitation, "recorded">, budget: number): Promise<"queued" | "known" | "over_budget"> {
    let outcome: "queued" | "known" | "over_budget" = "known";
    await this.#change((now) => {
      const known = now.citations.some(({ articleId }) => articleId === citation.articleId);
      outcome = known ? "known" : now.citations.length >= budget ? "over_budget" : "queued";
      return outcome === "queued" ? { ...now, citations: [...now.citations, { ...citation, recorded: false }] } : now;
    });
    return outcome;
  }

  async recorded(articleId: string): Promise<void> {
    await this.#change((now) => ({
      ...now,
      citations: now.citations.map((citation) =>
        citation.articleId === articleId ? { ...citation, recorded: true } : citation,
      ),
    }));
  }

  get #key(): string {
    return scopeOf(this.#runId, this.#turn);
  }

  async #change(change: (now: Publication) => Publication): Promise<void> {
    await this.#fence.check();
    await this.#records.update(this.#key, (now) => change(now ?? { citations: [] }));
  }
}
