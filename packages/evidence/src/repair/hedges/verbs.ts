import { keyOf } from "../../check/words.js";
import type { Hedge } from "./hedge.js";

const MODAL = "may|might|could|can";
const ADJECTIVE =
  "expected|likely|unlikely|thought|believed|said|reported|estimated|projected|forecast|planned|meant|supposed|intended|designed|alleged";
const VERBAL = "appears?|seems?|tends?|plans?|aims?|hopes?|intends?|expects?|promises|promise";
/** How a passage takes back a verb: the phrase, the auxiliary after it, and the verb or adjective itself. */
const WEAKENED = new RegExp(
  `(?:(\\p{L}+) )?\\b(${MODAL}|(?:is|are|was|were) (?:${ADJECTIVE}) to|(?:${VERBAL}) to) (?:(?:also|still|well|even|then|now) )?` +
    "(?:(have been|be|have) )?(?:\\p{Ll}+ly )?(\\p{Ll}{3,})\\b",
  "giu",
);
/** After one of these a word is no finite verb: a noun, a participle, or weakened as it is. */
const NO_VERB_AFTER =
  /(?:^|\s)(?:a|an|the|this|that|these|those|its|their|his|her|our|no|some|any|all|more|less|of|in|on|at|by|for|with|from|as|to|into|than|not|is|are|was|were|be|been|being|has|have|had|may|might|can|could|must|should|would|does|do|did)\s+$/i;

/** "Reduces" as "may reduce", "is expected to reduce"; "is harmful" as "may be harmful". */
export const asPossible: Hedge = (raw, { text }) => {
  let hedged = raw;
  for (const [, subject, phrase = "", auxiliary = "", word = ""] of text.matchAll(WEAKENED)) {
    // A phrase with a number of its own fits where the subject is the same.
    const isOwn = !new RegExp(`^(?:${MODAL})$`, "i").test(phrase);
    if (isOwn && (subject === undefined || !new RegExp(`\\b${subject}\\b`, "i").test(raw))) continue;
    hedged = weakened(hedged, { phrase: phrase.toLowerCase(), auxiliary: auxiliary.toLowerCase(), word }) ?? hedged;
  }
  return hedged === raw ? undefined : hedged;
};

function weakened(raw: string, o: { phrase: string; auxiliary: string; word: string }): string | undefined {
  const { phrase, auxiliary, word } = o;
  if (auxiliary === "be" || auxiliary === "have been") {
    const stated = /\b(?:will be|has been|have been|had been|is|are|was|were) ((?:\p{Ll}+ly )?)(\p{Ll}+)\b/gu;
    return onlyOne(raw, stated, ([, adverb, stands]) =>
      stands === word ? `${phrase} ${auxiliary} ${adverb}${word}` : undefined,
    );
  }
  const forms = new Set(auxiliary === "have" ? [word] : [word, ...formsOf(word)]);
  const stated = auxiliary === "have" ? /\b(?:(?:has|have|had) )?(\p{Ll}+)\b/gu : /\b(?:(?:will|would) )?(\p{Ll}+)\b/gu;
  return onlyOne(raw, stated, ([, stands = ""], before) =>
    forms.has(stands) && before !== "" && !NO_VERB_AFTER.test(before)
      ? [phrase, auxiliary, word].filter((part) => part !== "").join(" ")
      : undefined,
  );
}

/** The regular forms of a verb that say that it is or was so. */
function formsOf(base: string): string[] {
  const stem = /[^aeiou]y$/.test(base) ? base.slice(0, -1) : base;
  const third = stem === base ? (/(?:s|x|z|ch|sh|o)$/.test(base) ? `${base}es` : `${base}s`) : `${stem}ies`;
  const past = stem === base ? (base.endsWith("e") ? `${base}d` : `${base}ed`) : `${stem}ied`;
  return [third, past, `${base}${base.at(-1)}ed`];
}

const ADVERB =
  "probably|possibly|perhaps|likely|reportedly|allegedly|apparently|presumably|supposedly|potentially|generally|typically|usually|often|sometimes|" +
  "occasionally|mostly|largely|partly|mainly|nearly|almost|rarely|seldom";
const MODIFIED = new RegExp(`(?:(\\p{L}+) )?\\b(${ADVERB}) (\\p{Ll}{3,})\\b`, "iu");
/** Words of certainty, in the place of which a weaker one comes. */
const CERTAIN =
  /(?:^|\s)(always|certainly|clearly|definitely|invariably|undoubtedly|completely|entirely|fully|wholly|never)\s+$/i;

/** "Falls" as "usually falls", "always falls" as "often falls". */
export const asOften: Hedge = (raw, { text }) => {
  const [, before, adverb, word] = MODIFIED.exec(text) ?? [];
  if (adverb === undefined || word === undefined || new RegExp(`\\b${adverb}\\b`, "i").test(raw)) return undefined;
  const weak = adverb.toLowerCase();
  const key = keyOf(word);
  let certain: string | undefined;
  const hedged = onlyOne(raw, /\b\p{Ll}{3,}\b/gu, ([stands = ""], front) => {
    if (keyOf(stands) !== key) return undefined;
    certain = CERTAIN.exec(front)?.[1];
    const isSamePlace = before !== undefined && new RegExp(`\\b${before}\\s+$`, "i").test(front);
    const mayStand =
      isSamePlace || /(?:^|\s)(?:is|are|was|were|has|have|had)\s+$/i.test(front) || !NO_VERB_AFTER.test(front);
    return front !== "" && (certain !== undefined || mayStand) ? `${weak} ${stands}` : undefined;
  });
  if ((certain?.toLowerCase() === "never") !== /^(?:rarely|seldom)$/.test(weak) && certain !== undefined)
    return undefined;
  return certain === undefined ? hedged : hedged?.replace(`${certain} ${weak} `, `${weak} `);
};

/** The text with its one match replaced; undefined where there is none that can be, or more of them. */
function onlyOne(
  text: string,
  pattern: RegExp,
  replace: (match: RegExpExecArray, before: string) => string | undefined,
): string | undefined {
  const found = [...text.matchAll(pattern)].flatMap((match) => {
    const put = replace(match, text.slice(0, match.index));
    return put === undefined ? [] : [{ start: match.index, end: match.index + match[0].length, put }];
  });
  const [only] = found;
  return only === undefined || found.length > 1
    ? undefined
    : text.slice(0, only.start) + only.put + text.slice(only.end);
}
