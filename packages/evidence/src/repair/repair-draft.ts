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
}

/**
 * Repairs a draft: checks it, mends or removes what does not hold, and checks again, in at most two rounds. Sentences that hold stay as they
 * are, letter by letter. A check that fails, or a model that does not answer, changes nothing.
 * @param o.check the whole check, by a model too where there is one; what is mended is judged by text before
 * @throws EvidenceError `timed_out`, `invalid_input` for a draft that cannot be read
 */
export async function repairDraft(
  draft: string,
  sources: SourceText[],
  o: { check: (draft: string) => Promise<Verification>; reword?: Rewording; signal: AbortSignal },
): Promise<Repaired> {
  const changes: Change[] = [];
  let now = draft;
  let verification = await o.check(now);
  for (let round = 1; round <= MOST_ROUNDS && hasFailing(verification); round++) {
    o.signal.throwIfAborted();
    const rewordings = round === 1 ? await rewordingsFor(verification, sources, o) : undefined;
    const mended = await mendDraft(now, sources, verification, rewordings);
    changes.push(...mended.changes);
    now = mended.draft;
    verification = await o.check(now);
  }
  return { draft: now, verification, changes };
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
): Promise<Rewordings | undefined> {
  if (reword === undefined) return undefined;
  const index = new PassageIndex(sources);
  const found = new Map<number, readonly string[]>();
  const waiting = sentences.filter(isFailing);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { text, span, checks } = next;
      const why = checks.flatMap(({ passed, detail }) => (passed ? [] : [detail])).join(" ");
      const passages = index.search(text, MOST_PASSAGES);
      if (passages.length > 0) found.set(span.start, await reword({ sentence: text, why, passages, signal }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}
