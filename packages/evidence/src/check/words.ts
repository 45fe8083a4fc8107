import { stem } from "./stem.js";
import { synonymOf } from "./synonyms.js";

/** One word of a text. `key` is what is compared: a stem, folded with its synonyms. */
export interface Word {
  text: string;
  key: string;
  start: number;
  end: number;
  isStop: boolean;
}

/** The words of a text with their places; hyphenated words are taken apart, possessives are cut. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu)) {
    const raw = match[0];
    const lower = raw.toLowerCase().replaceAll("’", "'").replace(/'s$/, "");
    words.push({
      text: raw,
      key: keyOf(lower),
      start: match.index,
      end: match.index + raw.length,
      isStop: STOP.has(lower),
    });
  }
  return words;
}

/** Texts repeat their words, and a stem costs more than to look one up. Forgotten all at once when there are too many. */
const KEYS = new Map<string, string>();
const MOST_KEYS = 50_000;

/** The comparison key of one lower-case word. */
export function keyOf(lower: string): string {
  let key = KEYS.get(lower);
  if (key === undefined) {
    key = makeKey(lower);
    if (KEYS.size >= MOST_KEYS) KEYS.clear();
    KEYS.set(lower, key);
  }
  return key;
}

/** The stem of one lower-case word, not folded with what means the same; "unharmed" is as "harmed". */
export function rootOf(lower: string): string {
  let root = ROOTS.get(lower);
  if (root === undefined) {
    const base = IRREGULAR.get(lower) ?? lower;
    root = stem(DENIED.exec(base)?.[1] ?? base);
    if (ROOTS.size >= MOST_KEYS) ROOTS.clear();
    ROOTS.set(lower, root);
  }
  return root;
}

const ROOTS = new Map<string, string>();

function makeKey(lower: string): string {
  return synonymOf(rootOf(lower));
}

/** "Unvaccinated": the word that is denied. */
export const DENIED = /^un(?!der|ite|iform|ion|iqu|earth|leash|fold|veil|lock|cover)([a-z]{3,}ed)$/;

const STOP = new Set(
  `a an the this that these those there here it its itself he she they them their his her him we us our you your i me my
  is are was were be been being am do does did done doing have has had having will would shall should can could may might
  must of in on at by for with from to into onto upon as than then so such if or and but nor yet both either neither not no
  never none also too very just only even still however although though while whereas because since until when where which
  who whom whose what how why all any each every some many much more most other another same own one ones about above after again
  against before below between during further once out over under up down off through per via within without among
  according therefore thus hence respectively e.g i.e etc vs one's isn't aren't wasn't weren't don't doesn't didn't
  hasn't haven't hadn't won't wouldn't can't cannot couldn't shouldn't`.split(/\s+/),
);

const IRREGULAR = new Map(
  Object.entries({
    voter: "vote",
    voters: "vote",
    rose: "rise",
    died: "die",
    dies: "die",
    dying: "die",
    dead: "die",
    deaths: "die",
    death: "die",
    saying: "say",
    said: "say",
    says: "say",
    told: "tell",
    meant: "mean",
    felt: "feel",
    thought: "think",
    taught: "teach",
    caught: "catch",
    fought: "fight",
    sought: "seek",
    became: "become",
    knew: "know",
    known: "know",
    threw: "throw",
    thrown: "throw",
    flew: "fly",
    swam: "swim",
    sank: "sink",
    sunk: "sink",
    drove: "drive",
    driven: "drive",
    spoke: "speak",
    spoken: "speak",
    stuck: "stick",
    struck: "strike",
    fed: "feed",
    bred: "breed",
    children: "child",
    women: "woman",
    men: "man",
    people: "person",
    halved: "half",
    lengthened: "long",
    shortened: "short",
    widened: "wide",
    risen: "rise",
    fell: "fall",
    fallen: "fall",
    grew: "grow",
    grown: "grow",
    held: "hold",
    kept: "keep",
    lost: "lose",
    loss: "lose",
    losses: "lose",
    paid: "pay",
    sold: "sell",
    bought: "buy",
    left: "leave",
    stood: "stand",
    took: "take",
    taken: "take",
    got: "get",
    gave: "give",
    given: "give",
    ran: "run",
    led: "lead",
    made: "make",
    found: "find",
    shrank: "shrink",
    shrunk: "shrink",
    saw: "see",
    seen: "see",
    came: "come",
    went: "go",
    gone: "go",
    lent: "lend",
    began: "begin",
    begun: "begin",
    brought: "bring",
    built: "build",
    chose: "choose",
    chosen: "choose",
    drew: "draw",
    wrote: "write",
    written: "write",
    spent: "spend",
    sent: "send",
    met: "meet",
    won: "win",
    broke: "break",
    broken: "break",
    fewer: "few",
    larger: "large",
    largest: "large",
    bigger: "big",
    biggest: "big",
    higher: "high",
    highest: "high",
    lower: "low",
    lowest: "low",
    smaller: "small",
    smallest: "small",
    better: "good",
    best: "good",
    worse: "bad",
    worst: "bad",
    growth: "grow",
    withdrew: "withdraw",
    withdrawn: "withdraw",
    withdrawal: "withdraw",
    withdrawals: "withdraw",
    weekly: "week",
    monthly: "month",
    daily: "day",
    hourly: "hour",
    yearly: "year",
    annual: "year",
    annually: "year",
    annualised: "year",
    annualized: "year",
    reliance: "rely",
    reliant: "rely",
    failure: "fail",
    failures: "fail",
    decentralised: "decentralize",
    thefts: "theft",
    stolen: "steal",
    stole: "steal",
  }),
);
