import { type Corpus, namesOf } from "../check/corpus.js";
import { wordsOf } from "../check/words.js";
import { hasPredicate } from "./worth-checking.js";

/**
 * What a part of a sentence states, one statement each, so that each can be judged without its neighbours: conjunctions and relative clauses
 * are parted where both sides stand alone, and "it", "the protocol" or "the former" is given the name that the sentence before has. Where
 * that is not sure, the text stays as it is.
 * @param text without citations
 * @param before the sentence in front of it in its paragraph
 */
export function atomicClaims(text: string, before: string | undefined, corpus: Corpus): string[] {
  const plain = text
    .replace(/\s+(?=[.,;!?])/g, "")
    .replace(/^[\s,;]*(?:(?:and|but|while|whereas) )?/, "")
    .trim();
  return relative(before === undefined ? plain : withName(plain, before, corpus)).flatMap(conjuncts);
}

/** "X, which opened in 2023, pays 4%." is "X pays 4%." and "X opened in 2023." */
function relative(text: string): string[] {
  const [, subject, clause, rest] = RELATIVE.exec(text) ?? [];
  if (subject === undefined || clause === undefined || rest === undefined) return [text];
  if (!hasPredicate(`${subject} ${clause}`) || !hasPredicate(`${subject} ${rest}`)) return [text];
  return [`${subject} ${rest}`, `${subject} ${clause}.`];
}

const NAME = "(?:[Tt]he )?\\p{Lu}[\\p{L}\\p{N}.-]*(?: (?:\\p{Lu}[\\p{L}\\p{N}.-]*|v\\d+))*";
const RELATIVE = new RegExp(`^(${NAME}), (?:which|who) ([^,;]+), (.+)$`, "u");
/** A subject of its own: a name, or a noun with its article. A verb after the conjunction belongs to the subject before it. */
const SUBJECT = new RegExp(`^(?:${NAME}|(?:the|a|an|its|their|no|every|each) \\p{Ll}+)\\s`, "u");
const CONJUNCTION = /;\s+|,? (?:and|but|while|whereas) /g;
const FEWEST_WORDS = 3;

/** "A pays 4% and B pays 5%." is two statements; "A pays 4% and 5%" is one, and so is what hangs on "if" or "because". */
function conjuncts(text: string): string[] {
  if (/\b(?:if|because|unless|although|between|both|either|neither|whether|that)\b/i.test(text)) return [text];
  for (const match of text.matchAll(CONJUNCTION)) {
    const left = text.slice(0, match.index);
    const right = text.slice(match.index + match[0].length);
    const stands = (part: string) => wordsOf(part).length >= FEWEST_WORDS && hasPredicate(part);
    if (SUBJECT.test(right) && stands(left) && stands(right)) return [ended(left), ...conjuncts(right)];
  }
  return [ended(text)];
}

function ended(text: string): string {
  const whole = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…]["'”’)]*$/.test(whole) ? whole : `${whole}.`;
}

const PRONOUN =
  /^(?:it|they|the (?:protocol|company|bank|market|network|exchange|project|platform|team|firm|bridge|token))\b(?!['’])/i;
const POSSESSIVE = /^(?:its|their)\b/i;
const OF_TWO = /^the (former|latter)\b/i;

/** "It is said that …" speaks of nothing that was named. */
const EXPLETIVE =
  /^it (?:is|was|has been|had been|seems?|seemed|appears?|appeared|takes|took|remains|remained|will be|would be|makes|made)\b[^.;]*?\b(?:that|to|whether|how|why|who|when|where|until|before|since)\b/i;

/**
 * The name that a sentence's "it" or "the protocol" points back to, where there is but one that it can mean.
 * @param text without citations
 * @param before the sentence in front of it in its paragraph
 */
export function subjectMeant(text: string, before: string, corpus: Corpus): string | undefined {
  const plain = text.trim();
  const pointing = (PRONOUN.exec(plain) ?? POSSESSIVE.exec(plain))?.[0];
  if (pointing === undefined || EXPLETIVE.test(plain)) return undefined;
  const named = withName(plain, before, corpus);
  return named === plain ? undefined : named.slice(0, named.length - plain.length + pointing.length).replace(/’s$/, "");
}

/** Whether a sentence opens with a word for what the sentence before it speaks of. */
export function pointsBack(text: string): boolean {
  return PRONOUN.test(text) || POSSESSIVE.test(text) || OF_TWO.test(text);
}

/** Puts the name in for a word that points back, if the sentence before opens with a name and has no other that could be meant. */
export function withName(text: string, before: string, corpus: Corpus): string {
  const opening = new RegExp(`^${NAME}`, "u").exec(before)?.[0].replace(/^the (?=\p{Lu})/iu, "");
  const names = namesOf(before, corpus);
  const [, first, second] = new RegExp(`^(${NAME}) and (${NAME})\\s`, "u").exec(before) ?? [];
  const which = OF_TWO.exec(text)?.[1]?.toLowerCase();
  if (which !== undefined) return text.replace(OF_TWO, (whole) => (which === "former" ? first : second) ?? whole);
  const words = new Set(opening?.split(" "));
  if (opening === undefined || first !== undefined || names.some((name) => !words.has(name))) return text;
  if (!names.some((name) => words.has(name))) return text;
  return text.replace(PRONOUN, opening).replace(POSSESSIVE, `${opening}’s`);
}
