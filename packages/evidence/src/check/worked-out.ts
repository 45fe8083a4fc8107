import type { Claim } from "./claim.js";
import { betweenTimes } from "./clock.js";
import type { Corpus } from "./corpus.js";
import { derived } from "./derived.js";
import { added, implied, others } from "./implied.js";
import { lasted } from "./lasted.js";
import type { Figure } from "./numbers.js";
import type { Passage, PreparedSource } from "./source.js";
import { closest } from "./window.js";

/** Where a number that stands nowhere may have been worked out from. */
interface From {
  claim: Claim;
  source: PreparedSource;
  corpus: Corpus;
  /** The passages that the claim rests on; one that a number has been worked out from is added. */
  rests: Set<Passage>;
  /** Another number that the source has of the same thing. */
  rival?: { mention: Figure; passage: Passage } | undefined;
  /** It counts the very thing. */
  isCounted: boolean;
}

/** Whether a number of a claim can be worked out from a source, and how, in a sentence. */
export function workedOut(figure: Figure, from: From): string | undefined {
  const { claim, source, rests, rival, isCounted } = from;
  if (isCounted && rival) return derived(figure, claim.text, rival.passage.figures) ?? fromChange(figure, from);
  return (
    derived(
      figure,
      claim.text,
      [...rests].flatMap((p) => p.figures),
    ) ??
    (rival ? derived(figure, claim.text, rival.passage.figures) : undefined) ??
    fromChange(figure, from) ??
    fromPassages(figure, from) ??
    lasted(figure, rival && !LASTED.test(claim.text) ? [...rests, rival.passage] : source.passages, claim, source) ??
    (rival ? undefined : betweenTimes(figure, claim.text, { rests, passages: source.passages }))
  );
}

/** Who says how long a thing lasted counts from its first day to its last, wherever they stand. */
const LASTED = /\b(?:last(?:s|ed|ing)|went on|goes on|dragged on|held out)\b/i;
/** Passages with most of the wording around a number, from which it may have been worked out. */
const MOST_NEAR = 3;

function fromPassages(figure: Figure, { claim, source, corpus, rests, rival }: From): string | undefined {
  const passages = [...rests, ...(rival ? [rival.passage] : [])];
  for (const passage of [...passages, ...closest(claim.around(figure), source, corpus, MOST_NEAR)]) {
    const how =
      derived(figure, claim.text, passage.figures) ??
      implied(figure, passage) ??
      others(figure, claim.words, passage) ??
      added(figure, claim.text, passage, source.passages);
    if (how === undefined) continue;
    rests.add(passage);
    return how;
  }
  return undefined;
}

const CHANGED_TO =
  /\b(?:cut|reduced|lowered|shortened|raised|increased|lengthened|extended|rose|risen|fell|fallen|dropped|grew|grown|down|up|went|brought)\s+(?:again\s+)?to\s+(?:about\s+|some\s+|just\s+)?$/i;

/** "They worked 63 hours. … The hours were cut to 57.": what a paragraph says a number was changed to. */
function fromChange(figure: Figure, { claim, rival, source }: From): string | undefined {
  if (!rival) return undefined;
  const { section, index } = rival.passage;
  const after = source.passages.filter((passage) => passage.section === section && passage.index > index);
  const to = after.flatMap((passage) =>
    passage.figures.filter(({ start }) => CHANGED_TO.test(passage.text.slice(0, start))),
  );
  return to.length === 0 ? undefined : derived(figure, claim.text, [rival.mention, ...to]);
}
