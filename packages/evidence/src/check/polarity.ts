import { DENIED, type Word } from "./words.js";

/** What a text denies, and which way it points. */
export interface Polarity {
  /** For each negation: the keys it reaches, the nearest first. */
  denials: string[][];
  denied: Set<string>;
  directions: Set<string>;
}

const NEGATORS =
  /^(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|lacks?|lacked|lacking|free|avoids?|avoided|avoiding|absent|absence|fails?|failed|unable|zero|prevents?|prevented|refuses?|refused|instead|rather)$|n't$/;
/** Words that deny when they are added to a sentence; the others may only excuse a difference. */
const PLAIN_NEGATORS = /^(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing)$|n't$/;
const REACH_END =
  /[,;:.!?()]|\b(?:but|although|while|within|until|unless|because|before|after|since|during|when|if)\b/i;
/** "No sign that", "without telling anybody": words that deny nothing themselves. */
const LIGHT =
  /^(?:longer|sign|signs|evidence|indication|indications|proof|trace|suggestion|anybody|anyone|anything|ever|single|yet|having)$/i;
const REACH = 4;
/** "for lack of drivers": what only implies a denial reaches less far. */
const SHORT_REACH = 2;

/**
 * The polarity of a text.
 * @param text the text `words` were taken from
 * @param strict only plain negations (not, no, never, …), as opposed to everything that can express one
 */
export function polarityOf(text: string, words: Word[], strict: boolean): Polarity {
  const denials: string[][] = [];
  const directions = new Set<string>();
  const ended: string[] = [];
  const pointing: { name: string; key: string }[] = [];
  words.forEach((word, i) => {
    const lower = word.text.toLowerCase().replaceAll("’", "'");
    if (DENIED.test(lower)) denials.push([word.key]);
    for (const [name, pattern] of DIRECTIONS) {
      if (pattern.test(lower) && !isBound(text, word)) pointing.push({ name, key: word.key });
    }
    if (!strict && ENDED.test(lower)) {
      const before = text.slice(0, word.start).split(CLAUSE_END).at(-1)?.length ?? 0;
      const subject = words.slice(0, i).filter((each) => !each.isStop && each.start >= word.start - before);
      ended.push(...subject.slice(-REACH).map((each) => each.key));
    }
    if (!(strict ? PLAIN_NEGATORS : NEGATORS).test(lower)) return;
    const limit = PLAIN_NEGATORS.test(lower) ? REACH : SHORT_REACH;
    const next = words[i + 1]?.text.toLowerCase() ?? "";
    if (/^(?:only|just|merely|necessarily|least|more|less|later|earlier)$/.test(next)) return;
    const reach: string[] = [];
    for (const follower of words.slice(i + 1)) {
      if (reach.length >= limit || REACH_END.test(text.slice(word.end, follower.start))) break;
      if (!follower.isStop && !LIGHT.test(follower.text)) reach.push(follower.key);
    }
    if (reach.length > 0) denials.push(reach);
  });
  const denied = new Set(denials.flat());
  for (const { name, key } of pointing) directions.add(denied.has(key) ? (OTHER_WAY.get(name) ?? name) : name);
  for (const [pattern, name] of ADVERBS) if (pattern.test(text)) directions.add(name);
  return { denials, denied: new Set([...denied, ...ended]), directions };
}

/** "MySQL support has been dropped": the subject is no more. */
const ENDED =
  /^(?:dropped|discontinued|removed|abolished|abandoned|withdrawn|scrapped|ended|ceased|stopped|cancelled|rejected|refused|closed|shut)$/;
const CLAUSE_END = /[,;:()]|\b(?:but|and|although|while)\b/;

/** "Over eleven weeks", "more than 80 %": what stands before a number says how exact it is, not which way things went. */
function isBound(text: string, { start, end, text: word }: Word): boolean {
  if (!/^(?:over|under|above|below|more|less|fewer|higher|lower|larger|greater|smaller|most)$/i.test(word))
    return false;
  return (
    /^\s+(?:than\s+)?(?:the\s+)?(?:[$€£]?\d|an?\b|half|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty\b)/i.test(
      text.slice(end),
    ) && !/(?:significantly|much|far)\s+$/i.test(text.slice(0, start))
  );
}

/** Which way a number went, where the verb does not say so. */
const ADVERBS: [RegExp, string][] = [
  [/\b(?:went|gone|going|goes|was|were|is|are) up\b|[,(]\s*up (?:from|by|\d)/i, "up"],
  [/\b(?:went|gone|going|goes|was|were|is|are) down\b|[,(]\s*down (?:from|by|\d)/i, "down"],
  [/\b(?:few (?!(?:more|days|weeks|months|years|hours|minutes)\b)|only a minority|hardly any)/i, "least"],
  [/\bonly (?:\d|1\d|2[0-4])(?:\.\d+)?\s?(?:%|per\s?cent)/i, "least"],
  [/\b(?:(?:eight|nine) in ten|vast majority|almost all|nearly all)\b/i, "most"],
];

/**
 * Why a claim and the passages it rests on contradict each other; undefined where they do not.
 * @param passages those that say much of what the claim says, the closest first
 * @param around those beside them, which count only where they say all that the claim denies
 * @param same the one that speaks of the same thing: there what went up cannot go down
 */
export function conflict(
  claim: Side,
  passages: Side[],
  around: Side[],
  same = passages[0],
): { why: string; passage: Side } | undefined {
  const theirs = new Set([...passages, ...around].flatMap((p) => [...polarityOf(p.text, p.words, false).denied]));
  const union = new Set(passages.flatMap((passage) => [...passage.keys]));
  for (const reach of polarityOf(claim.text, claim.words, true).denials) {
    const passage =
      passages.find((each) => each.keys.has(reach[0] ?? "") && isSaid(reach, union)) ??
      around.find((each) => reach.length > 1 && reach.every((key) => each.keys.has(key)));
    const isOpen = [...passages, ...around].some((each) => OPEN.test(each.text));
    if (passage && !isOpen && !reach.some((key) => theirs.has(key))) {
      return { why: "The sentence denies what the source says.", passage };
    }
  }
  const ours = polarityOf(claim.text, claim.words, false);
  for (const [i, passage] of passages.entries()) {
    for (const reach of polarityOf(passage.text, passage.words, true).denials) {
      const isDenied = reach.some((key) => claim.keys.has(key) && ours.denied.has(key));
      // "Visits increased. Loans did not increase.": the claim is on what stands closer.
      const isAffirmed = passages.slice(0, i).some((closer) => isAffirmedIn(reach[0], closer));
      if (isSaid(reach, claim.keys) && !isDenied && !isAffirmed)
        return { why: "The sentence says what the source denies.", passage };
    }
  }
  for (const passage of polarityOf(claim.text, claim.words, true).denials.length === 0 ? around : []) {
    // "There is no sign that it was exploited." speaks of what stands before it, in few words of its own.
    const [reach, ...more] = polarityOf(passage.text, passage.words, true).denials;
    if (!reach || more.length > 0 || !/\b(?:it|they|this|these)\b/i.test(passage.text)) continue;
    const own = [...passage.keys].filter((key) => claim.keys.has(key)).length;
    if (own * 2 >= passage.keys.size && reach.every((key) => claim.keys.has(key) && !ours.denied.has(key)))
      return { why: "The sentence says what the source denies.", passage };
  }
  const isTurned = same && turned(ours.directions, polarityOf(same.text, same.words, false).directions);
  return isTurned ? { why: "The sentence points the other way than the source.", passage: same } : undefined;
}

/** What is still open has not been done. */
const OPEN = /\bstill (?:open|outstanding|pending|missing)\b|\b(?:unresolved|outstanding|yet to be)\b/i;

function isAffirmedIn(key: string | undefined, side: Side): boolean {
  return key !== undefined && side.keys.has(key) && !polarityOf(side.text, side.words, false).denied.has(key);
}

/** Whether a text says what a negation elsewhere denies: the nearest word of it, and more than half of the rest. */
function isSaid(reach: string[], keys: Set<string>): boolean {
  const said = reach.filter((key) => keys.has(key));
  return (
    reach[0] !== undefined && reach[0] === said[0] && (said.length === reach.length || said.length * 2 > reach.length)
  );
}

/** One text with its words. */
export interface Side {
  text: string;
  words: Word[];
  keys: Set<string>;
}

const OPPOSITES: [string, RegExp, string, RegExp][] = [
  [
    "up",
    /^(?:rises?|rose|risen|rising|increas\w*|grow\w*|grew|climb\w*|jump\w*|surg\w*|raised?|raises|raising|doubled|tripled|gained|higher|larger|greater)$/,
    "down",
    /^(?:fall|falls|fell|fallen|falling|declin\w*|drop\w*|decreas\w*|shr[aiu]nk\w*|reduc\w*|slump\w*|halv\w*|lowered|cut|lower|smaller)$/,
  ],
  [
    "above",
    /^(?:above|more|higher|over|exceed\w*|larger|greater)$/,
    "below",
    /^(?:below|less|lower|under|fewer|smaller)$/,
  ],
  [
    "most",
    /^(?:most|largest|biggest|highest|majority|best|safest)$/,
    "least",
    /^(?:least|smallest|lowest|minority|worst|riskiest)$/,
  ],
  ["can", /^(?:always)$/, "cannot", /^(?:never|rarely|seldom)$/],
  ["open", /^(?:open|opened|reopen\w*)$/, "closed", /^(?:clos(?:e|es|ed|ing|ure)|shut|shuts)$/],
  [
    "same",
    /^(?:remain\w*|same|stay\w*|kept|constant|stable|identical)$/,
    "changed",
    /^(?:chang(?:e|es|ed|ing)|unchanged|alter\w*|switch\w*|replac(?:e|es|ed))$/,
  ],
  [
    "with",
    /^(?:include[sd]?|accept(?:s|ed)?|allow(?:s|ed)?|permit(?:s|ted)?)$/,
    "ban",
    /^(?:exclude[sd]?|reject(?:s|ed)?|forbid(?:s|den)?|prohibit(?:s|ed)?|ban(?:s|ned)?)$/,
  ],
];
const DIRECTIONS = OPPOSITES.flatMap(([a, up, b, down]): [string, RegExp][] => [
  [a, up],
  [b, down],
]);

const OTHER_WAY = new Map(
  OPPOSITES.flatMap(([a, , b]): [string, string][] => [
    [a, b],
    [b, a],
  ]),
);

function turned(claim: Set<string>, passage: Set<string>): boolean {
  const moves = (side: Set<string>): boolean => side.has("up") || side.has("down");
  if (moves(claim) && passage.has("same") && !passage.has("changed") && !moves(passage) && !claim.has("same"))
    return true;
  return OPPOSITES.some(([a, , b]) => {
    const onlyA = (side: Set<string>): boolean => side.has(a) && !side.has(b);
    const onlyB = (side: Set<string>): boolean => side.has(b) && !side.has(a);
    return (onlyA(claim) && onlyB(passage)) || (onlyB(claim) && onlyA(passage));
  });
}
