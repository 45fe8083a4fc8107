import type { Aligned } from "./align.js";
import type { Clause } from "./denial.js";
import { holds } from "./lexicon/related.js";
import type { Figure } from "./numbers.js";
import { type Word, wordsOf } from "./words.js";

/** How many of some things, and what shares of them, in percent, that rules out. */
const HOW_MANY: readonly (readonly [RegExp, (share: number) => boolean])[] = [
  [/\b(?:not (?:one|a single)|none of (?:the|its|their|these|those)|no)$/i, (share) => share > 0],
  [
    /(?<!\b(?:not|nearly|almost|in|at|of) )\b(?:all(?: of)?(?: the| its| their)?|every|each(?: of the)?)$/i,
    (share) => share < 97,
  ],
  [/\b(?:most|the majority|a majority)(?: of)?(?: the| its| their)?$/i, (share) => share < 48],
  [/\b(?:a minority|only a few|very few)(?: of)?(?: the| its| their)?$/i, (share) => share > 55],
];
/** A clause that speaks so much of the claim counts the same things. */
const SPEAKS_OF_IT = 0.3;
/** Content words behind a share among which is what it is of: "a third of the older captains". */
const OF_THOSE = 2;

/**
 * The clause that gives a share of what a clause of the claim says none, all, most or few of, where the two cannot both be so; and how they say it.
 * @param aligned clauses of the source by how much they speak of the claim, the best first
 */
export function otherShare(own: Clause, aligned: readonly Aligned[]): { by: Aligned; why: string } | undefined {
  const words = wordsOf(own.text);
  for (const [i, word] of words.entries()) {
    if (word.isStop || words[i - 1]?.isStop !== true) continue;
    const before = own.text.slice(0, word.start).trimEnd();
    const found = HOW_MANY.find(([pattern]) => pattern.test(before));
    if (!found) continue;
    const [pattern, isRuledOut] = found;
    for (const by of aligned) {
      if (by.score < SPEAKS_OF_IT) break;
      const figure = shareOf(word, by);
      // "Most did not vote", "a third voted": both may be so.
      if (!figure || !isRuledOut(figure.value) || (own.isDenied !== by.clause.isDenied && !NONE.test(before))) continue;
      return {
        by,
        why: `The sentence says “${pattern.exec(before)?.[0]} ${word.text}” where the source says ${figure.text}.`,
      };
    }
  }
  return undefined;
}

const NONE = /\b(?:not (?:one|a single)|none of \p{L}+|no)$/iu;

/** The share of the same things in a clause of the source. */
function shareOf(noun: Word, { clause, passage }: Aligned): Figure | undefined {
  return passage.figures.find((figure) => {
    if (figure.quantity !== "percent" || figure.start < clause.start || figure.end > clause.end) return false;
    // "48 per cent saw no difference" is no share of the differences.
    const isOf = OF.test(passage.text.slice(figure.end));
    const behind = passage.words.filter(({ start, isStop }) => start >= figure.end && !(isOf && isStop));
    const of = behind.slice(0, isOf ? OF_THOSE : 1);
    return holds(new Set(of.map(({ key }) => key)), noun.key);
  });
}

const OF = /^\sof (?:the|its|their|all|these|those)\b/i;
