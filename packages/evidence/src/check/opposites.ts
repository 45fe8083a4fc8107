import { relatedTo } from "./lexicon/related.js";
import { figuresOf } from "./numbers.js";
import { stem } from "./stem.js";
import type { Word } from "./words.js";

/** Pairs of ways to point, and the words for them. What WordNet has as opposites need not be here. */
const PAIRS: readonly (readonly [string, RegExp, string, RegExp])[] = [
  [
    "up",
    /^(?:rises?|rose|risen|rising|increas\w*|grow\w*|grew|climb\w*|jump\w*|surg\w*|soar\w*|raised?|raises|raising|doubled|tripled|trebled|gained|higher|larger|greater|expand\w*|numerous|improv\w*|recover\w*|shot|upward\w*|mounting)$/,
    "down",
    /^(?:fall|falls|fell|fallen|falling|declin\w*|drop\w*|decreas\w*|shr[aiu]nk\w*|reduc\w*|slump\w*|halv\w*|lowered|cut|cuts|lower|smaller|slid|slip\w*|plung\w*|plummet\w*|sank|worsen\w*|dwindl\w*|contract(?:ed|s)|downward\w*)$/,
  ],
  [
    "above",
    /^(?:above|more|higher|over|exceed\w*|larger|greater|longer|faster|quicker|better|older|stronger|ahead|most)$/,
    "below",
    /^(?:below|less|lower|under|fewer|smaller|shorter|slower|worse|younger|weaker|behind|least)$/,
  ],
  [
    "often",
    /^(?:frequent\w*|common\w*|often|widespread|plentiful)$/,
    "seldom",
    /^(?:rare|rarer|rarely|infrequent\w*|uncommon|seldom|scarce\w*)$/,
  ],
  [
    "most",
    /^(?:most|largest|biggest|highest|majority|best|safest)$/,
    "least",
    /^(?:least|smallest|lowest|minority|worst|riskiest)$/,
  ],
  ["ever", /^always$/, "never", /^(?:never|rarely|seldom)$/],
  ["open", /^(?:open|opened|reopen\w*)$/, "closed", /^(?:clos(?:e|es|ed|ing|ure)|shut|shuts)$/],
  [
    "same",
    /^(?:remain\w*|stay\w*|kept|constant|stable|identical|unchanged|steady)$/,
    "changed",
    /^(?:chang(?:e|es|ed|ing)|alter\w*|replac(?:e|es|ed)|vanish\w*|disappear\w*)$/,
  ],
  [
    "allow",
    /^(?:include[sd]?|accept(?:s|ed)?|allow(?:s|ed)?|permit(?:s|ted)?|grant(?:s|ed)?|approv(?:e|es|ed|al)|agree[sd]?|endors(?:e|es|ed)|upheld|uphold\w*|legali[sz]ed?)$/,
    "ban",
    /^(?:exclude[sd]?|reject(?:s|ed|ion)?|forbid(?:s|den)?|forbade|prohibit(?:s|ed)?|ban(?:s|ned)?|refus(?:e|es|ed|al)|dismiss(?:ed|es)|overturn(?:s|ed)|veto(?:es|ed)?|quash\w*|block(?:s|ed)?|den(?:y|ies|ied))$/,
  ],
  [
    "for",
    /^(?:support(?:s|ed|ers?|ing)?|favou?r(?:s|ed)?|back(?:s|ed|ing)|advocat\w+|champion\w*|campaign\w*|prais\w+|welcom\w+|recommend\w*)$/,
    "against",
    /^(?:oppos(?:e|es|ed|ing|ition)|against|object(?:s|ed|ion|ions)?|resist\w*|criticis\w*|criticiz\w*|condemn\w*|protest\w*)$/,
  ],
  [
    "go on",
    /^(?:continu\w*|keeps?|kept|remain\w*|stay\w*|extend\w*|renew\w*|still|persist\w*|lasted|lasting)$/,
    "end",
    /^(?:end|ends|ended|stop\w*|ceas\w+|halt\w*|suspend\w*|lifted|discontinu\w+|interrupt\w*|disrupt\w*|abandon\w*|scrapped|expired?|disappear\w*|vanish\w*|withdr\w+)$/,
  ],
  [
    "win",
    /^(?:w[io]ns?|winning|victor\w*|succeed\w*|success|successful\w*|prevail\w*|worked)$/,
    "lose",
    /^(?:los(?:e|es|t|ing|s)|defeat\w*|fail\w*|beaten)$/,
  ],
  ["gain", /^(?:gains?|gained|profit\w*|surplus\w*)$/, "loss", /^(?:loss\w*|lost|deficit\w*)$/],
  [
    "confirm",
    /^(?:confirm\w*|admit\w*|acknowledg\w*|concede[sd]?)$/,
    "deny",
    /^(?:den(?:y|ies|ied|ial)|disput\w*|refut\w*|contest\w*)$/,
  ],
  [
    "arrive",
    /^(?:return\w*|arriv\w*|came|reappear\w*|join\w*)$/,
    "leave",
    /^(?:vanish\w*|disappear\w*|left|leave|depart(?:s|ed|ure)|resign\w*)$/,
  ],
  ["cheap", /^(?:cheap\w*|inexpensive)$/, "dear", /^(?:dear\w*|expensive|costl\w+)$/],
  [
    "saved",
    /^(?:surviv\w*|spared|saved|rescued|escaped|intact|unharmed|undamaged)$/,
    "destroyed",
    /^(?:destroy\w*|lost|burned|burnt|damaged|perish\w*|ruin\w*|died|killed|drowned)$/,
  ],
  ["strong", /^(?:strong\w*|strengthen\w*)$/, "weak", /^(?:weak\w*)$/],
];
const POINTERS = PAIRS.flatMap(([a, one, b, other]): [string, RegExp][] => [
  [a, one],
  [b, other],
]);
const OTHER_WAY = new Map(
  PAIRS.flatMap(([a, , b]): [string, string][] => [
    [a, b],
    [b, a],
  ]),
);

/** What two words say together: a bond "in force", a judgement that is "set aside". The last word points. */
const PHRASES: readonly (readonly [string, RegExp])[] = [
  [
    "go on",
    /\b(?:in (?:force|place|effect)|in use|intact|still stands|stood|stands|carried on|goes on|went on|kept up|gone on|held (?:its|their|his|her) (?:ground|own)|held (?:up|on|out|good))$/i,
  ],
  [
    "end",
    /\b(?:set aside|struck down|thrown out|done away|given up|gave up|wound up|ruled out|called off|phased out|shut down|closed down|broke(?:n)? off)$/i,
  ],
];

/** Shares that say which side of one half they are on. */
const SHARES: readonly (readonly [string, RegExp])[] = [
  [
    "least",
    /^(?:few(?=\s+(?!more|days|weeks|months|years|hours|minutes))|hardly any|only a (?:few|minority)|only (?:\d|1\d|2[0-4])(?:\.\d+)?\s?(?:%|per\s?cent))\b/i,
  ],
  ["most", /^(?:(?:eight|nine) in ten|vast majority|almost all|nearly all|almost every|nearly every)\b/i],
];

/** The ways in which a word points; none for most words. `text` is what the word was taken from. */
export function directionsOf(text: string, word: Word): string[] {
  const lower = word.text.toLowerCase();
  const own = ownDirections(lower);
  if (own.length === 0 && !OPENS_OR_CLOSES.test(lower)) return NONE;
  if (isBound(text, word) || (lower === "least" && /\bat\s+$/i.test(text.slice(0, word.start)))) return [];
  if (
    /^f[ae]ll/.test(lower) &&
    /^\s+(?:ill|sick|asleep|short|apart|through|victim|within|under|in love)\b/i.test(text.slice(word.end))
  )
    return [];
  if (/^(?:up|down)$/.test(lower)) return MOVES.test(text.slice(0, word.start)) ? [lower] : [];
  // "The languages of minorities", "minority languages": no share of anything.
  if (lower === "minority" && !/\ba\s+(?:\p{Ll}+\s+)?$/iu.test(text.slice(0, word.start))) return [];
  // "It lasted for two months" and "it ended after two months" are one.
  if (
    /^last/.test(lower) &&
    /^\s+(?:only |just |for |until |from |about |some |over |more |less |almost |nearly |\d)/i.test(
      text.slice(word.end),
    )
  )
    return [];
  if (lower === "longer" && /\b(?:no|any)\s+$/i.test(text.slice(0, word.start))) return [];
  if (/^(?:compared|against|versus)$/.test(lower)) {
    const isStance = AGAINST.test(text.slice(Math.max(0, word.end - LONGEST_PHRASE), word.end));
    return isStance ? ["against"] : wayTo(text, word);
  }
  const upTo = text.slice(Math.max(0, word.end - LONGEST_PHRASE), word.end);
  const from = text.slice(word.start, word.start + LONGEST_PHRASE);
  return [
    ...own,
    ...(own.includes("above") && THAN_BEFORE.test(text.slice(word.end)) ? ["up"] : []),
    ...(own.includes("below") && THAN_BEFORE.test(text.slice(word.end)) ? ["down"] : []),
    ...SHARES.flatMap(([name, pattern]) => (pattern.test(from) ? [name] : [])),
    ...PHRASES.flatMap(([name, pattern]) => (pattern.test(upTo) ? [name] : [])),
  ];
}

/** The words that say which way only together with those around: most words are none of them. */
const OPENS_OR_CLOSES =
  /^(?:up|down|compared|against|versus|few|hardly|only|eight|nine|vast|almost|nearly|force|place|effect|use|intact|stands|stood|on|ground|own|out|good|aside|away|off)$/;
/** "It owes more than four years ago": what was compared with what it was before has gone up. */
const THAN_BEFORE =
  /^[^,;.]{0,40}?\bthan (?:(?:it|they|he|she|there) )?(?:(?:did|was|were|had) )?(?:in (?:\d{4}|the year)|before\b|earlier|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:years?|months?|weeks?|decades?))/i;
/** Who speaks against something opposes it; twelve against ten is another matter. */
const AGAINST =
  /\b(?:spoke|speaks?|voted|votes?|voting|argued|argues?|decided|ruled|advis\w+|campaigned|protested|turned|came out) against$/i;
const NONE: string[] = [];
/** In characters. */
const LONGEST_PHRASE = 30;
/** Texts repeat their words. Forgotten all at once when there are too many. */
const DIRECTIONS = new Map<string, string[]>();
const MOST_DIRECTIONS = 20_000;

function ownDirections(lower: string): string[] {
  let found = DIRECTIONS.get(lower);
  if (!found) {
    found = POINTERS.flatMap(([name, pattern]) => (pattern.test(lower) ? [name] : []));
    if (DIRECTIONS.size >= MOST_DIRECTIONS) DIRECTIONS.clear();
    DIRECTIONS.set(lower, found);
  }
  return found;
}

/** "46 million, compared with 58 million": which way it went from the second number to the first. */
function wayTo(text: string, { start, end }: Word): string[] {
  const now = figuresOf(text.slice(0, start)).at(-1);
  const before = figuresOf(text.slice(end)).at(0);
  if (!now || !before) return [];
  // "46 million, compared with 58", "34 per cent, against 51": the unit is said once.
  const [a, b] =
    now.quantity === before.quantity && now.unit === before.unit
      ? [now.value, before.value]
      : [now.numeral, before.numeral];
  return a === b ? [] : a > b ? ["up", "above"] : ["down", "below"];
}

/** "Went up", "edged down", "(up from 3 %)". */
const MOVES =
  /(?:\b(?:went|gone|going|goes|go|edged|moved|crept|inched|ticked|came|come|brought|was|were|is|are)|[,(])\s*$/i;

/** The way against another one. */
export function otherWay(direction: string): string {
  return OTHER_WAY.get(direction) ?? direction;
}

/** Whether two words are opposites of each other, such as "lawful" and "unlawful". */
export function areOpposite(a: Word, b: Word): boolean {
  if (NO_OPPOSITE.test(a.text) || NO_OPPOSITE.test(b.text)) return false;
  const theirs = stemsOf(b);
  return stemsOf(a).some((one) => relatedTo(one, "opposite").some((other) => theirs.includes(other)));
}

/** "Lasts" is no opposite of "first", nor "have" of "missed", nor are rights of wrongs. */
const NO_OPPOSITE = /^(?:last(?:s|ed|ing)|ha(?:ve|s|d|ving)|will|can|rights)$/i;

/** "Cleaner" is against "dirtier" as "clean" is against "dirty". */
function stemsOf(word: Word): string[] {
  const base = COMPARED.exec(word.text.toLowerCase())?.groups?.base;
  if (base === undefined) return [stemOf(word)];
  return [stemOf(word), stem(base), stem(`${base}e`), ...(/(.)\1$/.test(base) ? [stem(base.slice(0, -1))] : [])];
}

const COMPARED = /^(?<base>\p{Ll}{3,}?)(?:er|est)$/u;

/** A word is held against many others. */
const STEMS = new WeakMap<Word, string>();

function stemOf(word: Word): string {
  let found = STEMS.get(word);
  if (found === undefined) {
    found = stem(word.text.toLowerCase());
    STEMS.set(word, found);
  }
  return found;
}

/** "Over eleven weeks", "more than 80 %": what stands before a number says how exact it is, not which way things went. */
export function isBound(text: string, { start, end, text: word }: Word): boolean {
  if (!/^(?:over|under|above|below|more|less|fewer|higher|lower|larger|greater|smaller|most)$/i.test(word))
    return false;
  if (/\d\s+(?:\p{L}+\s+)?(?:or|and)\s+$/u.test(text.slice(0, start))) return true;
  return (
    /^\s+(?:than\s+)?(?:the\s+)?(?:[$€£]?\d|an?\b|half|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty\b)/i.test(
      text.slice(end),
    ) && !/(?:significantly|much|far)\s+$/i.test(text.slice(0, start))
  );
}
