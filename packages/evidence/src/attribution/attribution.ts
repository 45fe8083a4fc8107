import { type Claim, claimOf } from "../check/claim.js";
import { type Corpus, prepareCorpus } from "../check/corpus.js";
import { type Judgement, judge } from "../check/judge.js";
import type { PreparedSource } from "../check/source.js";
import { FEATURES, type Features, featuresOf } from "./features.js";
import { WEIGHTS } from "./fitted.js";

/**
 * The probability that a text bears a claim out, where as many do as do not: 0 to 1. Pure and deterministic: a logistic
 * regression on six measures (`features.ts`) with weights that were fitted on labelled rows (`fitted.ts`).
 */
export function attribution(claim: Claim, source: PreparedSource, judgement: Judgement): number {
  const features = featuresOf(claim, source, judgement);
  const sum = FEATURES.reduce((total, name) => total + WEIGHTS[name] * features[name], WEIGHTS.intercept);
  return 1 / (1 + Math.exp(-sum));
}

/** `attribution` of one claim alone to one text alone, such as a row of an evaluation. */
export function attributionOfText(claim: string, reference: string): number {
  const taken = takeApart(claim, reference);
  return taken ? attribution(taken.claim, taken.source, taken.judgement) : 0;
}

/** The measures of one claim against one text, for fitting. */
export function featuresOfText(claim: string, reference: string): Features | undefined {
  const taken = takeApart(claim, reference);
  return taken && featuresOf(taken.claim, taken.source, taken.judgement);
}

interface TakenApart {
  claim: Claim;
  source: PreparedSource;
  judgement: Judgement;
}

/** Undefined where the reference says nothing. */
function takeApart(text: string, reference: string): TakenApart | undefined {
  const corpus: Corpus = prepareCorpus([{ id: "S1", title: "", uri: "", text: withoutAddresses(reference) }]);
  const source = corpus.sources.get("S1");
  if (!source || source.passages.length === 0) return undefined;
  const claim = claimOf(text.replace(MARKER, " ").trim(), corpus);
  return { claim, source, judgement: judge(claim, source, corpus) };
}

/** `[3]`, `[1, 2]`: where a claim says which references it means. */
const MARKER = /\s*\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]/g;

/** The words of an address are not words of the text. */
function withoutAddresses(reference: string): string {
  return reference.replace(/^\s*\[\d{1,3}\]\s*/gm, "").replace(/https?:\/\/\S+|www\.\S+/g, " ");
}
