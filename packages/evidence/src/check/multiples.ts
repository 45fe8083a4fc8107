import type { Claim } from "./claim.js";
import { type Finding, failed, passed } from "./finding.js";
import type { Passage } from "./source.js";

const MULTIPLES: [number, RegExp][] = [
  [2, /\b(?:twice|doubl(?:e|ed|es|ing)|twofold|two-fold|two times)\b/i],
  [3, /\b(?:thrice|tripl(?:e|ed|es|ing)|trebl(?:e|ed|es|ing)|threefold|three-fold|three times)\b/i],
  [4, /\b(?:quadrupl(?:e|ed|es|ing)|fourfold|four-fold|four times)\b/i],
  [5, /\b(?:fivefold|five-fold|five times)\b/i],
  [10, /\b(?:tenfold|ten-fold|ten times)\b/i],
  [0.5, /\b(?:halv(?:e|ed|es|ing)|by half)\b/i],
];
/** How far two numbers may be from the multiple that a writer calls them. */
const TOLERANCE = 0.12;

/**
 * Whether the passages that a claim rests on say "twice" where it says "twice". One that can be computed from two of their
 * numbers is as good; where they say nothing of the kind, neither does this.
 */
export function judgeMultiples(claim: Claim, passages: Passage[]): Finding[] {
  const theirs = passages.flatMap((passage) => multiplesOf(passage.text));
  return multiplesOf(claim.text).flatMap(({ times, text }): Finding[] => {
    if (theirs.some((other) => other.times === times) || passages.some((each) => isRatio(times, each)))
      return [passed("number", text)];
    const [other] = theirs;
    if (!other) return [];
    return [failed("number", text, true, `The source does not say ${text} here but ${other.text}.`)];
  });
}

function multiplesOf(text: string): { times: number; text: string }[] {
  return MULTIPLES.flatMap(([times, pattern]) => {
    const match = pattern.exec(text);
    return match ? [{ times, text: match[0] }] : [];
  });
}

function isRatio(times: number, { figures }: Passage): boolean {
  return figures.some((a) =>
    figures.some(
      (b) =>
        a !== b && a.quantity === b.quantity && b.value > 0 && Math.abs(a.value / b.value - times) <= TOLERANCE * times,
    ),
  );
}
