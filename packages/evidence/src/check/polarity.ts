import type { Word } from "./words.js";

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
const REACH = 4;

/**
 * The polarity of a text.
 * @param text the text `words` were taken from
 * @param strict only plain negations (not, no, never, …), as opposed to everything that can express one
 */
export function polarityOf(text: string, words: Word[], strict: boolean): Polarity {
  const denials: string[][] = [];
  const directions = new Set<string>();
  words.forEach((word, i) => {
    const lower = word.text.toLowerCase().replaceAll("’", "'");
    for (const [name, pattern] of DIRECTIONS) if (pattern.test(lower)) directions.add(name);
    if (!(strict ? PLAIN_NEGATORS : NEGATORS).test(lower)) return;
    const next = words[i + 1]?.text.toLowerCase() ?? "";
    if (/^(?:only|just|merely|necessarily|least|more|less|later|earlier)$/.test(next)) return;
    const reach: string[] = [];
    for (const follower of words.slice(i + 1)) {
      if (reach.length >= REACH || /[,;:.!?()]|\b(?:but|although|while)\b/.test(text.slice(word.end, follower.start)))
        break;
      if (!follower.isStop && follower.key !== "longer") reach.push(follower.key);
    }
    if (reach.length > 0) denials.push(reach);
  });
  return { denials, denied: new Set(denials.flat()), directions };
}

/**
 * Why a claim and the passages it rests on contradict each other, in a sentence; undefined where they do not.
 * @param passages the closest first; only the closest one can deny what the claim says
 */
export function conflict(claim: Side, passages: Side[]): string | undefined {
  const [nearest] = passages;
  if (!nearest) return undefined;
  const theirs = new Set(passages.flatMap((passage) => [...polarityOf(passage.text, passage.words, false).denied]));
  for (const reach of polarityOf(claim.text, claim.words, true).denials) {
    const isSaid = reach[0] !== undefined && passages.some((passage) => passage.keys.has(reach[0] ?? ""));
    if (isSaid && !reach.some((key) => theirs.has(key))) return "The sentence denies what the source says.";
  }
  const ours = polarityOf(claim.text, claim.words, false);
  for (const reach of polarityOf(nearest.text, nearest.words, true).denials) {
    const said = reach.filter((key) => claim.keys.has(key));
    const isSaid = reach[0] === said[0] && said.length * 2 >= reach.length;
    if (isSaid && !said.some((key) => ours.denied.has(key))) return "The sentence says what the source denies.";
  }
  return turned(ours.directions, polarityOf(nearest.text, nearest.words, false).directions);
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
    /^(?:rises?|rose|risen|rising|increas\w*|grow\w*|grew|climb\w*|jump\w*|surg\w*|raised?|raises|raising|doubled|tripled|gained)$/,
    "down",
    /^(?:fall|falls|fell|fallen|falling|declin\w*|drop\w*|decreas\w*|shr[aiu]nk\w*|reduc\w*|slump\w*|halv\w*|lowered|cut)$/,
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

function turned(claim: Set<string>, passage: Set<string>): string | undefined {
  for (const [a, , b] of OPPOSITES) {
    const onlyA = (side: Set<string>): boolean => side.has(a) && !side.has(b);
    const onlyB = (side: Set<string>): boolean => side.has(b) && !side.has(a);
    if ((onlyA(claim) && onlyB(passage)) || (onlyB(claim) && onlyA(passage)))
      return "The sentence points the other way than the source.";
  }
  return undefined;
}
