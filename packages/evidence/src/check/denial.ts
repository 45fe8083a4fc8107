import type { Span } from "./sentences.js";
import { type Word, wordsOf } from "./words.js";

/** A clause of a text, with the keys of its content words. */
export interface Clause extends Span {
  text: string;
  keys: Set<string>;
  /** Whether it denies: by an odd number of words that do. */
  isDenied: boolean;
  /** "But not the second": it has no verb of its own. */
  isElliptic?: boolean;
}

const DENIES = new RegExp(
  [
    String.raw`\b(?<!\bor )not(?! only| just| merely| necessarily| least| long| until| to mention| counting| including| un\p{Ll}+)\b`,
    String.raw`n['’]t\b(?! only| just)`,
    String.raw`\bno(?! more than| less than| fewer than| later than| earlier than| sooner| matter)\b(?!\.)`,
    String.raw`\b(?:never|none|neither|nor|nobody|no one|(?<!\bfor )nothing(?! but)|nowhere|cannot|without(?! exception| dissent| opposition| a vote| debate| discussion)|in the dark|silent (?:about|on|as to)|unaware|objections?|objected|(?:hidden|concealed|withheld) from|hardly|scarcely|rarely|seldom|unable|far from|yet to)\b`,
    String.raw`\b(?:refus(?:e|es|ed|ing|al)|reject(?:s|ed|ing|ion)|den(?:y|ies|ied)|dismiss(?:es|ed)|overturn(?:s|ed)|oppos(?:es?|ed|ing)|abandon(?:s|ed)|withdr[ae]wn?|cancel(?:s|led|ed)|scrapped|exempt(?:ed)?|(?:was|were|been|is|are) (?:dropped|shelved)|(?:decid|advis|warn|recommend)\p{Ll}* against|(?<!\bfor )lack(?:s|ed|ing)?|ceased?|abstain(?:s|ed)|doubt(?:s|ed|ful)?|prevent(?:s|ed)|avoid(?:s|ed)|failed|fails?|disproved?|refuted?|unfounded|unharmed|uninjured|unsuccessful\w*)\b`,
    String.raw`\bdeclin(?:e[sd]?|ing) to\b`,
    String.raw`\b(?:turn(?:s|ed) (?:\p{L}+ ){0,3}down|rul(?:es?|ed) out|set aside|struck down|voted down|gave up|gives? up|given up|thrown out|threw out|called off|did away with|put an end to|came to nothing|stopp?(?:s|ed) \p{Ll}+ing)\b`,
    String.raw`\bvot(?:ed|es) (?:[\p{L}\d]+ (?:to|by) [\p{L}\d]+ )?against\b`,
  ].join("|"),
  "giu",
);
/** Where one part of a sentence ends and the next, with a predicate of its own, begins. */
const EDGE =
  /\.(?!\d)|:(?!\d)|[;!?()–—]|,(?![\d"”’]|\s(?:compared|against|versus|down|up|from)\b)|\b(?:(?<!\ball )but|while|whereas|although|though|because|if|unless|until|since|as|and|which|who|whose|where|when)\b/giu;
/** The clauses of a text, in order; what has no verb of its own, or hardly a word, belongs to the one before, or to the next. */
export function clausesOf(text: string, words: readonly Word[]): Clause[] {
  const clauses: Clause[] = [];
  const edges = [...withoutAsides(text).matchAll(EDGE)].map((match) => match.index);
  for (const [i, from] of [0, ...edges].entries()) {
    const to = edges[i] ?? text.length;
    const own = words.filter((word) => word.start >= from && word.end <= to && !word.isStop).map(({ key }) => key);
    const last = clauses.at(-1);
    // "Not a single act but rather a cycle": what follows is affirmed.
    const isStop = /^(?:[;:.!?]|but (?:rather|instead)\b)/i.test(text.slice(from));
    // "The first attack but not the second": the verb of what stands before is denied of that alone.
    if (last && own.length > 0 && ELLIPTIC.test(text.slice(from, to)) && !STANDS.test(text.slice(from, to))) {
      clauses.push({ start: from, end: to, text: "", keys: new Set(own), isDenied: true, isElliptic: true });
      continue;
    }
    // "Never fired a shot, and served as a prison": behind the comma nothing is denied any more.
    const isJoined =
      last !== undefined &&
      own.length > 0 &&
      (JOINED.test(text.slice(0, from)) ||
        (ABLE.test(text.slice(last.start, from)) && GOES_ON.test(text.slice(from, to)))) &&
      isTurnedBack(text.slice(from, to), last, text);
    const stands = isStop || isJoined || (STANDS.test(text.slice(from, to)) && own.length >= FEWEST);
    const lastStands = last !== undefined && (isStop || isWhole(text.slice(last.start, last.end), last));
    if (last && (own.length === 0 || !stands || !lastStands)) {
      last.end = to;
      for (const key of own) last.keys.add(key);
    } else clauses.push({ start: from, end: to, text: "", keys: new Set(own), isDenied: false });
  }
  return clauses.map((clause) => {
    const part = text.slice(clause.start, clause.end);
    return { ...clause, text: part, isDenied: isDenied(part) };
  });
}

const JOINED = /,\s*$/;
/** "Did not merge and continues": what is no infinitive is not what somebody did not do. */
const ABLE = /\b(?:did|does|do|could|would|will|can)(?:\snot|n['’]t)\b/i;
const GOES_ON =
  /^and\s(?:(?:still|now|\p{Ll}+ly)\s)?(?:is|are|was|were|has|continues|remains|keeps|stays|stands|lives|goes|runs)\b/iu;

function isTurnedBack(part: string, last: Span, text: string): boolean {
  return (
    /^and\s/i.test(part) &&
    STANDS.test(part) &&
    denialsIn(part) === 0 &&
    denialsIn(text.slice(last.start, last.end)) > 0
  );
}

const ELLIPTIC = /^(?:but|and|,)\s+(?:but |and )?not\b(?! only| just| merely| even)/i;
/** "But never adopted" is said of what stands before. */
const FEWEST = 2;
/** A verb, as far as its form tells. */
const STANDS =
  /\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|does|did|do|must|should|may|might|cannot|made|took|gave|grew|fell|rose|won|lost|built|ran|held|paid|said|went|came|became|began|sold|bought|kept|left|cut|put|set|let|stood|led|saw|found|met|spent|sank|shrank|drew|broke|\p{Ll}{2,}ed)\b|n['’]t\b|\b\p{Ll}{3,}[^\Wsui]s\b/iu;
const OPENS =
  /^[\s,]*(?:for|in|on|at|by|with|under|during|between|among|of|from|after|before|since|as|although|while|because|when|if)\b/i;

/** "For children with free meals, …": what opens a sentence goes with what follows. */
function isWhole(text: string, { keys }: Pick<Clause, "keys">): boolean {
  const [, ...rest] = text.replace(/^[\s,]+/, "").split(",");
  return keys.size >= FEWEST && STANDS.test(text) && !(OPENS.test(text) && !STANDS.test(rest.join(",")));
}

/** "Theft, of which the planners had warned, did not occur." is one clause: what stands between does not end it. */
function withoutAsides(text: string): string {
  return text
    .replace(ASIDE, (aside) => "_".repeat(aside.length))
    .replace(NAMED, (aside) => (STANDS.test(aside) ? aside : "_".repeat(aside.length)))
    .replace(PARTICIPLE, (aside) => (denialsIn(aside) > 0 ? aside : "_".repeat(aside.length)));
}

/** "The programme, suspended in March, …", "which was halted in March". */
const PARTICIPLE = /,\s(?:(?:which|who)\b|\p{Ll}{2,}ed\b)[^,.;]{0,60},(?=\s\p{Ll})/giu;
/** "The association of generators, AGEN, rejected it", "its president, Tomás Berrocal, said": another name for what stands before. */
const NAMED = /,\s(?:the\s|an?\s)?\p{Lu}[^,;.:()]{0,40},(?=\s\p{Ll}+(?:ed|s|d)?\b)/gu;
const ASIDE = /,\s(?:as|of which|of whom|however|though|according to|if|when)\b[^,.;]{0,60},/gi;

/** What a clause denies: the keys behind the first words in it that do. */
export function deniedKeys({ text }: Clause): string[] {
  const [first] = text.matchAll(DENIES);
  if (!first) return [];
  return wordsOf(text.slice(first.index + first[0].length)).flatMap(({ key, isStop }) => (isStop ? [] : [key]));
}

/** The keys of the words with which a clause denies. */
export function denyingKeys({ text }: Clause): string[] {
  return [...text.matchAll(DENIES)].flatMap(([word]) => wordsOf(word).map(({ key }) => key));
}

/** Whether a clause denies: "was not hidden" and "no objection" do not, and "no loss and no delay" is no double denial. */
function isDenied(text: string): boolean {
  const found = [...text.matchAll(DENIES)];
  for (let i = 0; i < found.length; i++) {
    const [one, next] = [found[i], found[i + 1]];
    if (!one) break;
    const end = one.index + one[0].length;
    const isTurned = next && PLAIN.test(one[0]) && BESIDE.test(text.slice(end, next.index));
    if (!isTurned) return true;
    i++;
  }
  return false;
}

const PLAIN = /^(?:not|no|never|cannot|nobody|none|hardly|without)$|n['’]t$/i;
/** Up to two words between a denial and what it turns round. */
const BESIDE = /^\s+(?:(?!and\b|or\b|nor\b)\p{L}+\s+){0,2}$/iu;

/** How many words of a text deny something. */
export function denialsIn(text: string): number {
  return text.match(DENIES)?.length ?? 0;
}

/**
 * What a writer may put for a denial, or for its opposite: not enough to say that a text denies, but enough to say that it may.
 */
const MAY_DENY = new RegExp(
  [
    String.raw`\b(?:instead|rather|too(?=\s\p{L})|only|intact|unscathed|safe|safely|preserved|few|fewer|less|little|lower|least|except|excluding|excluded|alone|(?:were|was|is|are|warn\w*|decid\w*|advis\w*|rul\w*|argu\w*|spoke|speaks?|advice) against|despite|contrary|whether|uncertain|unclear|open question|question|hesita\w+|caution\w*|scepti\w+|skepti\w+|spared?|surviv\w+|escap\w+|free of|free from|clear(?:s|ed) of|cleared|absen\w+|miss(?:es|ed|ing)|fail\w*|los[est]\w*|stop\w*|end(?:s|ed|ing)?|dropp?(?:s|ed|ing)?|disappear\w*|vanish\w*|gone|ban(?:s|ned|ning)?|forb\w+|prohibit\w*|block(?:s|ed)?|halt\w*|exempt\w*|postpon\w*|delay\w*|stay out|kept? out|keep out|stayed away|clos(?:e[sd]?|ing|ure)|hardly|difficult\w*|wrong\w*|false\w*|stubborn|resist\w*|reintroduc\w*|reluctan\w*|impossib\w*|den(?:ial|ying)|contest\w*|disput\w*|ruling out|exclud(?:es|ing)|remain(?:s|ed)? to be|awaits?|awaiting|waiting|otherwise|former\w*|left out|leav(?:es|ing) out|no-\p{Ll}+|(?:fell|fall) victim|(?!(?:un|regard|none?the|never(?:the)?)less)\p{Ll}{3,}less|non-(?!\p{Ll}+s\b)\p{Ll}+|lift(?:s|ed)|rid of|minority)\b`,
    String.raw`\b(?:un(?!der|it|ion|iv|iq|til)|in(?=accura|adequa|ability|abilit|activ|appropria|capab|complete|conclusive|consistent|correct|direct|effect|efficien|eligib|equal|flexib|frequen|justice|need|secure|significan|stabil|suffic|valid|visib)|im(?=possib|proper|perfect|mobil)|ir(?=regular|relevan|reversib)|il(?=legal|legib|logical)|dis(?=agre|allow|appear|approv|contin|credit|honest|like|loyal|order|prov|satisf|trust|use))\p{Ll}+\b`,
  ].join("|"),
  "giu",
);

/**
 * Whether a text may deny something, in whatever words.
 * @param other a text that it is held against: words that both have are no sign, but for those that always deny
 */
export function mayDeny(text: string, other = ""): boolean {
  return denialsIn(text) > 0 || hints(text, other);
}

/** The same, where two denials in one clause are none: "it was not hidden from them". */
export function mayDenyInAll(text: string, other: string): boolean {
  return clausesOf(text, wordsOf(text)).some(({ isDenied }) => isDenied) || hints(text, other);
}

/** The key of "uninsured" is that of "insured". */
const PREFIX = /^(?:un|in|im|ir|il|dis)/i;

function hints(text: string, other: string): boolean {
  const theirs = other.toLowerCase();
  const found = [...text.matchAll(MAY_DENY)].filter(([word]) => !theirs.includes(word.toLowerCase()));
  if (found.length === 0) return false;
  const keys = new Set(wordsOf(other).map(({ key }) => key));
  return found.some(([word]) => PREFIX.test(word) || !wordsOf(word).some(({ key }) => keys.has(key)));
}

/** "Not in early 2025, as announced, but in the fourth quarter": whoever says what stands behind the "but" says what is so. */
export function isInstead(claim: string, text: string): boolean {
  const instead = /\bnot\b(?! only| just| merely)(?<denied>[^.;]*?),\s+but\s+(?!not\b)(?<what>[^,.;]+)/i.exec(
    text,
  )?.groups;
  if (instead?.what === undefined || denialsIn(claim) > 0) return false;
  const denied = new Set(wordsOf(instead.denied ?? "").map(({ key }) => key));
  const words = wordsOf(instead.what).filter(({ isStop, key }) => !isStop && !denied.has(key));
  const ours = new Set(wordsOf(claim).map(({ key }) => key));
  return words.length > 0 && words.some(({ key }) => ours.has(key));
}
