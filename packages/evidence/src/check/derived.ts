import type { Figure } from "./numbers.js";

const CUE =
  /\b(?:difference|gap|spread|margin|more|less|fewer|higher|lower|above|below|increase[ds]?|decrease[ds]?|rose|rise|risen|grew|grown|growth|fell|fall|fallen|drop(?:ped)?|declin\w+|shr[aiu]nk|gained|lost|up|down|times|double[ds]?|combined|together|total|sum|share|ratio|shortfall|discount|premium)\b/i;

/**
 * Whether a number can be computed from two of the passage's numbers, and how, in a sentence: a difference, a sum, a change
 * in percent, a share in percent, a ratio. Only where the sentence says that it compares, because two numbers can
 * make almost any third.
 */
export function derived(claim: Figure, text: string, figures: Figure[]): string | undefined {
  if (!CUE.test(text)) return undefined;
  for (const a of figures) {
    for (const b of figures) {
      if (a === b || a.quantity !== b.quantity || a.currency !== b.currency) continue;
      const isSame = claim.quantity === a.quantity && claim.currency === a.currency;
      const candidates: [number, string][] = [];
      if (isSame) candidates.push([a.value - b.value, "difference"], [a.value + b.value, "sum"]);
      if (b.value !== 0 && claim.quantity === "percent") {
        candidates.push(
          [(100 * (a.value - b.value)) / b.value, "change"],
          [(100 * (b.value - a.value)) / b.value, "change"],
          [(100 * a.value) / b.value, "share"],
        );
      }
      if (b.value !== 0 && claim.quantity === "plain") candidates.push([a.value / b.value, "ratio"]);
      for (const [value, kind] of candidates) {
        if (value > 0 && Math.abs(value - claim.value) <= tolerance(claim))
          return `${claim.text} is the ${kind} of ${a.text} and ${b.text}.`;
      }
    }
  }
  return undefined;
}

function tolerance(claim: Figure): number {
  return claim.bound === "exact" ? claim.step / 2 + 1e-9 : Math.max(claim.step / 2, 0.05 * Math.abs(claim.value));
}
