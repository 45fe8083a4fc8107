import type { SourceText } from "../check/source.js";
import type { CheckedSentence, Verification } from "../check/verification.js";
import { type FoundPassage, PassageIndex } from "../search/passages.js";
import { mendDraft } from "../thread/draft-thread.js";
import type { Change, Rewordings } from "./mend.js";

/** After two rounds what still fails would fail again. */
const MOST_ROUNDS = 2;
/** Sentences that are being reworded at the same time. */
const AT_ONCE = 4;
const MOST_PASSAGES = 6;
/** After as many failures one after the other the model is not asked any more: each may take a minute. */
const MOST_FAILURES = 3;

/** Proposes other words for a sentence that its sources do not bear out: a model with a clean context, passed in from above. */
export type Rewording = (o: {
  /** With its source ids. */
  readonly sentence: string;
  /** Why it does not hold. */
  readonly why: string;
  readonly passages: readonly Pick<FoundPassage, "id" | "title" | "text">[];
  readonly signal: AbortSignal;
}) => Promise<readonly string[]>;

/** A draft after its repair, the check of exactly that draft, and what was done. */
export interface Repaired {
  readonly draft: string;
  readonly verification: Verification;
  readonly changes: readonly Change[];
  /** Where a model was to reword sentences and did not: how many, and why, in a sentence for a person. */
  readonly notReworded?: string;
}

/**
 * Repairs a draft: checks it, mends or removes what does not hold, and checks again, in at most two rounds. Sentences that hold stay as they
 * are, letter by letter, but for those that point at one that has gone. A check that fails changes nothing; what a model does not reword is
 * mended without it. Throws what `signal` was aborted with.
 * @param o.check the whole check, by a model too where there is one; what is mended is judged by text before
 * @throws EvidenceError `timed_out`, `invalid_input` for a draft that cannot be read
 */
export async function repairDraft(
  draft: string,
  sources: SourceText[],
  o: { check: (draft: string) => Promise<Verification>; reword?: Rewording; signal: AbortSignal },
): Promise<Repaired> {
  const changes: Change[] = [];
  let notReworded: string | undefined;
  let now = draft;
  let verification = await o.check(now);
  for (let round = 1; round <= MOST_ROUNDS && hasFailing(verification); round++) {
    o.signal.throwIfAborted();
    const asked = round === 1 ? await rewordingsFor(verification, sources, o) : undefined;
    notReworded ??= asked?.failure;
    const mended = await mendDraft(now, sources, verification, asked?.rewordings);
    changes.push(...mended.changes);
    now = mended.draft;
    verification = await o.check(now);
  }
  return { draft: now, verification, changes, ...(notReworded !== undefined && { notReworded }) };
}

function hasFailing({ sentences, problems }: Verification): boolean {
  return problems.every(({ code }) => code !== "check_failed") && sentences.some(isFailing);
}

function isFailing({ verdict }: CheckedSentence): boolean {
  return verdict !== "supported";
}

async function rewordingsFor(
  { sentences }: Verification,
  sources: SourceText[],
  { reword, signal }: { reword?: Rewording; signal: AbortSignal },
): Promise<{ rewordings: Rewordings; failure?: string } | undefined> {
  if (reword === undefined) return undefined;
  const index = new PassageIndex(sources);
  const rewordings = new Map<number, readonly string[]>();
  const questions = sentences.filter(isFailing).flatMap((sentence) => {
    const passages = index.search(sentence.text, MOST_PASSAGES);
    return passages.length === 0 ? [] : [{ sentence, passages }];
  });
  const waiting = [...questions];
  let inARow = 0;
  let last: unknown;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && inARow < MOST_FAILURES; next = waiting.shift()) {
      const { text, span, checks } = next.sentence;
      const why = checks.flatMap(({ passed, detail }) => (passed ? [] : [detail])).join(" ");
      try {
        rewordings.set(span.start, await reword({ sentence: text, why, passages: next.passages, signal }));
        inARow = 0;
      } catch (error) {
        signal.throwIfAborted();
        inARow++;
        last = error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (last === undefined) return { rewordings };
  const count = questions.length - rewordings.size;
  const why = last instanceof Error ? last.message : String(last);
  return { rewordings, failure: `The model did not reword ${count} of ${questions.length} sentences. ${why}` };
}
