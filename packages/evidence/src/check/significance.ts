import type { Claim } from "./claim.js";
import type { Corpus } from "./corpus.js";
import type { Conflict } from "./polarity.js";
import type { Passage } from "./source.js";
import { coverageOf } from "./window.js";
import { wordsOf } from "./words.js";

/** What a report of a study says of whether chance explains what it found. */
const NOT_SIGNIFICANT =
  /\b(?:not (?:statistically )?significant|no (?:statistically )?significant|insignificant|non-?significant|failed to reach (?:statistical )?significance|(?:may|might|could) be due to chance)\b|n['’]t (?:statistically )?significant\b/i;
const SIGNIFICANT =
  /\b(?:statistically significant|significant(?:ly)? (?:difference|higher|lower|fewer|more|less|better|worse))\b/i;
/** "p<0.001", "P = .04". */
const P_VALUE = /\bp\s?(?<sign>[<=>≤])\s?(?<value>0?\.\d+)/i;
/** Above it, chance is taken for an explanation. */
const LEVEL = 0.05;
/** A passage that has so much of what a claim says was compared, and clearly more than another, is on it. */
const SPEAKS_OF_IT = 0.5;
const CLEARLY = 0.8;

/** Whether a source reports as significant what a claim says is not, or the reverse: in words or by a p value. */
export function otherSignificance(claim: Claim, passages: readonly Passage[], corpus: Corpus): Conflict | undefined {
  const own = significanceOf(claim.text);
  if (own === undefined) return undefined;
  const said = new Set(wordsOf("statistically significant chance").map(({ key }) => key));
  const keys = new Set([...claim.keys].filter((key) => !said.has(key)));
  const tested = passages
    .flatMap((passage) => {
      const is = significanceOf(passage.text);
      return is === undefined ? [] : [{ passage, is, score: coverageOf(keys, [passage], corpus) }];
    })
    .sort((a, b) => b.score - a.score);
  const [best] = tested;
  if (!best || best.is === own || best.score < SPEAKS_OF_IT) return undefined;
  if (tested.some(({ is, score }) => is === own && score >= CLEARLY * best.score)) return undefined;
  const why = own ? "The source does not call this significant." : "The source calls this significant.";
  return { why, passage: best.passage };
}

function significanceOf(text: string): boolean | undefined {
  if (NOT_SIGNIFICANT.test(text)) return false;
  const { sign, value } = P_VALUE.exec(text)?.groups ?? {};
  if (value !== undefined) return sign !== ">" && Number(value) < LEVEL;
  return SIGNIFICANT.test(text) ? true : undefined;
}
