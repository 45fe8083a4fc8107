import { ChoirError } from "../errors.js";
import type { Economy } from "./config.js";
import type { Fact } from "./facts.js";
import { isSame, type Posting, postingJson } from "./posting.js";
import { type Funding, Rules } from "./rules.js";

/**
 * The rules beside the ledger that they make. What happens is offered, and `outstanding` is what has to be written then,
 * in this order; what is written, by this process or by one before it, is followed posting by posting: each must be the
 * one that the rules give for what it says it follows from, and nothing that they give may be missing in between.
 */
export class Replay {
  #rules: Rules | undefined;
  #outstanding: Posting[] = [];

  /** Undefined for a ledger that has not begun. */
  get rules(): Rules | undefined {
    return this.#rules;
  }

  /** What the rules give and the ledger does not have yet. */
  get outstanding(): readonly Posting[] {
    return this.#outstanding;
  }

  /** Begins an empty ledger, or changes the numbers of one if they are others. */
  offerEconomy(economy: Economy, at: number): void {
    if (!this.#rules) {
      this.#rules = new Rules(economy);
      this.#outstanding.push(...this.#rules.begin(at));
    } else if (JSON.stringify(this.#rules.economy) !== JSON.stringify(economy)) {
      this.#outstanding.push(...this.#rules.change(economy, at));
    }
  }

  offerFact(fact: Fact): void {
    this.#outstanding.push(...this.#begun.apply(fact));
  }

  /**
   * Says whether it is a payment that had not been counted.
   * @throws ChoirError `invalid_funding`
   */
  offerFunding(funding: Funding, at: number): boolean {
    const postings = this.#begun.fund(funding, at);
    this.#outstanding.push(...postings);
    return postings.length > 0;
  }

  offerTime(until: number): void {
    this.#outstanding.push(...this.#begun.due(until));
  }

  /** Why the posting cannot be the next one, in a sentence; undefined if it is. After a difference nothing can be said. */
  follow(posting: Posting): string | undefined {
    if (this.#outstanding.length === 0) {
      try {
        this.#derive(posting);
      } catch (error) {
        if (!(error instanceof ChoirError)) throw error;
        return `${named(posting)} is not one that the rules give: ${error.message}`;
      }
    }
    const expected = this.#outstanding.shift();
    if (!expected) return `${named(posting)} is not one that the rules give: nothing follows from its cause.`;
    if (isSame(expected, posting)) return undefined;
    return `${named(posting)} is not what the rules give: ${postingJson(posting)} should be ${postingJson(expected)}.`;
  }

  #derive({ cause, at, entries }: Posting): void {
    const time = Date.parse(at);
    if (cause.type === "rules") this.offerEconomy(cause.economy, time);
    else if (cause.type === "due") this.offerTime(time);
    else if (cause.type === "fund") {
      const paid = entries.find(({ account }) => account.startsWith("sponsor:"));
      const sponsor = paid?.account.slice("sponsor:".length) ?? "";
      this.offerFunding({ ...cause, sponsor, amount: -(paid?.amount ?? 0n) }, time);
    } else this.offerFact(cause);
  }

  get #begun(): Rules {
    if (this.#rules) return this.#rules;
    throw new ChoirError("bad_posting", "A ledger begins with its rules.");
  }
}

function named({ key }: Posting): string {
  return `The posting ${JSON.stringify(key)}`;
}
