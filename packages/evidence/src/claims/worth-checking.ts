import { type Corpus, namesOf } from "../check/corpus.js";
import { datesOf } from "../check/dates.js";
import type { DraftSentence } from "../check/draft.js";
import { figuresOf } from "../check/numbers.js";
import { fold, quotationsOf } from "../check/quotes.js";
import { wordsOf } from "../check/words.js";

/** Longer ones are not taken apart; nobody writes them without stating something. */
const LONGEST_SENTENCE = 4_000;
/** Words of a fragment that can have a subject and say something of it. */
const FEWEST_WORDS = 5;

/**
 * Tells whether a sentence states something that a source could bear out or belie: a figure, a date, a quotation, something about a name, a
 * comparison, a cause. Headings, questions, transitions, what a report says of itself or of its evidence, and the writer's own opinions are
 * none, unless a figure or a date in them is said of the world. Without figures and names it knows English only: of other languages it sees
 * figures, dates and quotations.
 */
export function worthChecking(corpus: Corpus): (sentence: DraftSentence) => boolean {
  const titles = new Set([...corpus.sources.values()].map(({ source }) => plainWords(source.title)));
  return (sentence) => isWorthChecking(sentence, corpus, titles);
}

function isWorthChecking({ text, kind }: DraftSentence, corpus: Corpus, titles: ReadonlySet<string>): boolean {
  if (kind === "tableHead") return false;
  if (text.length > LONGEST_SENTENCE) return true;
  // The title of a source in front of what is cited from it states nothing.
  if (titles.has(plainWords(text))) return false;
  if (kind === "heading") return tells(text);
  const facts = factsIn(text);
  if (/\?["'”’)\s]*$/.test(text)) return presupposes(text, facts);
  const about = (ABOUT_ITSELF.exec(text) ?? ABOUT_EVIDENCE.exec(text))?.[0];
  if (about !== undefined) return tellsBeside(text.slice(about.length), facts);
  if (facts !== "none") return true;
  if (OPINION.test(text) || TRANSITION.test(text)) return false;
  const words = wordsOf(text);
  if (words.length < FEWEST_WORDS) return false;
  return COMPARISON.test(text) || CAUSE.test(text) || (namesOf(text, corpus).length > 0 && hasPredicate(text));
}

/** Whether a sentence says nothing of the world: it leads on to the next one, tells what its report is about, or asks what it does not presuppose. */
export function onlyLeadsOn(text: string): boolean {
  const facts = factsIn(text);
  if (/\?["'”’)\s]*$/.test(text)) return !presupposes(text, facts);
  const about = ABOUT_ITSELF.exec(text)?.[0];
  if (about !== undefined) return !tellsBeside(text.slice(about.length), facts);
  return facts === "none" && TRANSITION.test(text);
}

/** The most telling that a text has: a sum, share or measure; or a date, a span of time, a number in digits, another's words. */
type Facts = "measured" | "counted" | "none";

function factsIn(text: string): Facts {
  const dates = datesOf(text);
  const figures = figuresOf(text, dates);
  if (figures.some(({ quantity }) => quantity !== "plain" && quantity !== "time")) return "measured";
  // "One of these" counts nothing.
  const isCounted = figures.some((figure) => /\d/.test(figure.text) || figure.quantity === "time");
  return isCounted || dates.length > 0 || quotationsOf(text).length > 0 ? "counted" : "none";
}

/** "Rates in 2026" and "5 risks" name what follows; "Aave lost $900 million" and "Morpho was hacked in 2022" tell it. */
function tells(heading: string): boolean {
  const text = quotationsOf(heading).reduce(
    (rest, { start, end }) => rest.slice(0, start) + "_".repeat(end - start) + rest.slice(end),
    heading,
  );
  const facts = factsIn(text);
  if (facts === "measured") return hasPredicate(text);
  return facts === "counted" && (AUXILIARY.test(text) || ENDED.test(text));
}

/** "Is Aave paying more than 4%?" and "What changed in 2026?" ask; "Why did Aave lose $900 million?" tells that it did. */
function presupposes(text: string, facts: Facts): boolean {
  if (facts === "none" || (ASKS.test(text) && !TELLING_CLAUSE.test(text))) return false;
  return facts === "measured" || !ASKS_WHICH.test(text);
}

const ASKS =
  /^\W*(?:(?:and|but|so|or) )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\s(?!you\b)/i;
const ASKS_WHICH = /^\W*(?:(?:and|but|so|or) )?(?:[a-z]+ )?(?:what|when|where|which|how)\b/i;
const TELLING_CLAUSE = /\b(?:that|who|which|after|since|because|given)\b/i;

/**
 * "This report covers rates in 2026" and "no source says what was lost in 2024" say nothing of the world; "this report shows Aave lost $900
 * million" and "it is unclear why, but Aave was hacked in 2024" do.
 * @param rest what follows the words that tell of the report or of its evidence
 */
function tellsBeside(rest: string, facts: Facts): boolean {
  if (facts === "none" || factsIn(rest) === "none") return false;
  if (factsIn(rest) === "measured") return true;
  return JOINED.test(rest) && (AUXILIARY.test(rest) || ENDED.test(rest));
}

/** What makes a statement of its own of what follows it. "As of May" says when. */
const JOINED = /[;:]|\b(?:but|although|though|while|yet|how|why|that|because|after|since|as(?! of\b))\b/i;
/** A past tense. */
const ENDED = /[\p{L}\p{N})] \p{Ll}{2,}ed\b/u;

function plainWords(text: string): string {
  return fold(text)
    .text.replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const PART =
  "(?:report|article|review|overview|note|paper|page|post|memo|analysis|chapter|section|part|summary|table|list|figure|appendix)";
const TELLS =
  "(?:(?:is|are|was|were|has been) (?:about|based on|organi[sz]ed|structured|divided|limited|written|made|put together|drawn|compiled|generated|composed)|" +
  "covers?|describes?|compares?|looks? at|examines?|reviews?|summari[sz]es?|answers?|asks?|draws? on|rests? on|relies on|arranges?|quotes?|cites?|uses?|" +
  "begins?|starts?|ends?|sets? out|explains?|considers?|discusses|lists?|outlines?|presents?|gives?|shows?|does not|do not|leaves? out|turns? to)";
/** "This report covers …", "The table below lists …": unless it goes on with "that …", it says nothing of the world. */
const ABOUT_ITSELF = new RegExp(
  `^(?:in )?(?:(?:this|the (?:present|next|following|last|second|third|first)|our) ${PART}|the ${PART} (?:below|above)|the following|below)\\b[^.;:]{0,40}?\\b${TELLS}\\b(?!\\s+that\\b)`,
  "i",
);
/** What the sources do not say, or that they differ: it holds of all of them together, and no single one says it. */
const ABOUT_EVIDENCE =
  /^(?:(?:no|none|neither|nothing)\b[^.]{0,40}?\b(?:sources?|evidence|documents?|articles? read|consulted)\b|(?:the|these|our|other|available|both|two|several|some) (?:sources?|documents?|accounts?)\b[^.]{0,40}?\b(?:do(?:es)? not|did not|don['’]t|disagree|differ|conflict|contradict|are silent|say nothing|carry)\b|(?:it is|this is|remains?) (?:not known|unknown|unclear|open)\b|it (?:remains|is) (?:unknown|unclear|open)\b|(?:we|i) (?:found|could find) no\b)/i;
const OPINION =
  /\b(?:i|we) (?:think|believe|suspect|feel|recommend|suggest|expect|would argue|conclude)\b|\b(?:in (?:our|my) (?:view|opinion|judg(?:e)?ment)|arguably|perhaps|(?:it )?(?:may|might) (?:well )?be (?:worth|wise|useful|that)|it seems|seems (?:likely|reasonable)|readers? should|one should|worth (?:noting|watching|considering))\b/i;
const TRANSITION =
  /^(?:we (?:now|next|first|then|also)|let us|let['’]s|next, we|now,? (?:to|we)|turning to|having (?:seen|looked|covered)|before (?:turning|looking)|as (?:shown|discussed|noted|described) (?:above|below|earlier))\b/i;
const COMPARISON =
  /\b(?:more|less|fewer|higher|lower|larger|smaller|bigger|faster|slower|cheaper|dearer|better|worse|greater|older|newer|safer|riskier|longer|shorter|stronger|weaker|\p{Ll}{3,}er) than\b|\bthe (?:most|least|largest|smallest|biggest|highest|lowest|fastest|slowest|cheapest|best|worst|oldest|newest|first|only|second-largest)\b|\b(?:twice|double|triple|half) (?:as|the|of|that)\b/iu;
const CAUSE =
  /\b(?:because|due to|owing to|thanks to|caused by|causes?|caused|leads? to|led to|results? (?:in|from)|resulted (?:in|from)|as a result of|is driven by|are driven by|was driven by|stems? from|therefore)\b/i;

const AUXILIARY =
  /\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|does|did|do|must|should|may|might|made|took|gave|grew|fell|rose|won|lost|built|ran|held|paid|said|went|came|became|began|sold|bought|kept|left|cut|put|set|let)\b/i;

/** A verb, as far as spelling tells it: an auxiliary, or a word in small letters that ends like a verb and follows another word. */
export function hasPredicate(text: string): boolean {
  return AUXILIARY.test(text) || /[\p{L}\p{N})][,]? \p{Ll}{2,}(?:ed|[^\Wsui]s)\b/u.test(text);
}
