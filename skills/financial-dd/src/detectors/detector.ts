import type { Facts } from "../facts/facts.js";
import type { Draft } from "../finding.js";

/** Looks for one kind of risk in one contract. */
export interface Detector {
  readonly id: string;
  /** What it looks for, for people. */
  readonly about: string;
  find(facts: Facts): Draft[];
}

/** The first line of people who can do something. */
export function whoText(who: string | undefined): string {
  return who === undefined
    ? "anybody"
    : `whoever ${who} names (the sources do not say whether that is one key, a multisig or a timelock)`;
}
