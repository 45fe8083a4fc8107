import type { Figure } from "./numbers.js";

/** The words by which a sentence says that it computes. Without them two numbers can make almost any third. */
const DIFFERENCE =
  /\b(?:differ\w*|gap|spread|margin|more|less|fewer|higher|lower|above|below|over|under|shortfall|discount|premium|narrow\w*|wid\w+|apart)\b/i;
const SUM = /\b(?:combined|together|total|totals|totalling|sum|in all|altogether|overall)\b/i;
const CHANGE =
  /\b(?:increas\w*|decreas\w*|ris\w+|rose|grew|grow\w*|fell|fall\w*|drop\w*|declin\w+|shr[aiu]nk|jump\w*|climb\w*|up|down|cuts?|cutting|reduc\w*|lost|los\w+|gained|lower\w*|rais\w+|improv\w+|slip\w*|slump\w*|surg\w+)\b/i;
const SHARE = /\b(?:share|of|proportion|utili[sz]ation|ratio|makes? up|accounts? for)\b/i;
const RATIO = /\b(?:times|fold|double\w*|tripled?|twice|ratio)\b/i;

/**
 * Whether a number can be computed from two of the passages' numbers, and how, in a sentence: a difference, a sum, a change or
 * a share in percent, a ratio.
 */
export function derived(claim: Figure, text: string, figures: Figure[]): string | undefined {
  for (const a of figures) {
    for (const b of figures) {
      if (a === b || a.quantity !== b.quantity || a.currency !== b.currency) continue;
      const kind = relation(claim, text, a, b);
      if (kind) return `${claim.text} is the ${kind} of ${a.text} and ${b.text}.`;
    }
  }
  return undefined;
}

function relation(claim: Figure, text: string, a: Figure, b: Figure): string | undefined {
  const is = (value: number): boolean => value > 0 && fits(claim, value);
  const isAlike = claim.quantity === a.quantity && claim.currency === a.currency;
  if (isAlike && (DIFFERENCE.test(text) || CHANGE.test(text)) && is(a.value - b.value)) return "difference";
  if (isAlike && SUM.test(text) && is(a.value + b.value)) return "sum";
  if (b.value === 0) return undefined;
  const isShare = claim.quantity === "percent" && a.quantity !== "percent";
  if (isShare && CHANGE.test(text) && is((100 * Math.abs(a.value - b.value)) / b.value)) return "change";
  if (isShare && SHARE.test(text) && a.value < b.value && is((100 * a.value) / b.value)) return "share";
  if (isShare && claim.isFraction && a.value < b.value && is((100 * a.value) / b.value)) return "share";
  if (claim.quantity === "plain" && RATIO.test(text) && is(a.value / b.value)) return "ratio";
  return undefined;
}

/** "More than half" is said of 50.4 % and of 60 %. */
function fits(claim: Figure, value: number): boolean {
  if (claim.bound === "over") return value > claim.value && value <= claim.value * 1.25;
  if (claim.bound === "under") return value < claim.value && value >= claim.value * 0.8;
  return Math.abs(value - claim.value) <= tolerance(claim);
}

function tolerance(claim: Figure): number {
  if (claim.isFraction) return claim.step / 2;
  return claim.bound === "exact" ? claim.step / 2 + 1e-9 : Math.max(claim.step / 2, 0.05 * Math.abs(claim.value));
}
