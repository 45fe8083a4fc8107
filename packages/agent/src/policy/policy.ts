import { z } from "zod";
import { type Operation, type Rule, TAINT_RULES } from "../taint/rules.js";

/** `auto`: nobody is asked as long as the agent has seen nothing from outside; `ask`: a person is; `deny`: it does not happen. */
const Word = z.enum(["auto", "ask", "deny"]);

/** What an agent that has seen nothing from outside may do where nothing else is set. */
const word = (operation: Operation) => Word.default(TAINT_RULES[operation].clean === "free" ? "auto" : "ask");

/**
 * What agents of this home may do by themselves, by kind of effect. It can be stricter than the table of what is asked of an agent that has seen
 * text from outside (`taint/rules.ts`), and not looser.
 */
export const Policy = z.strictObject({
  publish: word("publish"),
  /** An article that the report uses, within the budget. */
  cite: word("cite"),
  /** One more than `citationsPerRun`. */
  cite_over_budget: word("cite_over_budget"),
  /** An address that no search of the run has found and no person has given. */
  egress_new_host: word("egress_new_host"),
  /** A server that programs in the VM may reach for one wish of the person, beside those of `egress`. */
  reach_host: word("reach_host"),
  memory_write: word("memory_write"),
  propose_skill: word("propose_skill"),
  /** Articles that a run may cite before a person is asked about each further one. */
  citationsPerRun: z.int().min(0).max(1_000).default(10),
});
export type Policy = z.infer<typeof Policy>;

/** What an operation needs, and who says so. */
export interface Ruling {
  readonly rule: Rule;
  readonly by: "policy" | "taint";
}

const STRICTNESS: Readonly<Record<Rule, number>> = { free: 0, ask: 1, deny: 2 };

/** The stricter of the home's policy and, for an agent with marks, the table of taint. */
export function rulingOn(policy: Policy, operation: Operation, marks: readonly unknown[]): Ruling {
  const own = policy[operation] === "auto" ? "free" : policy[operation];
  const { tainted } = TAINT_RULES[operation];
  if (marks.length === 0 || STRICTNESS[own] >= STRICTNESS[tainted]) return { rule: own, by: "policy" };
  return { rule: tainted, by: "taint" };
}
