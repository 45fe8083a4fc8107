import { marksText, type TaintMark } from "../taint/origin.js";
import type { Operation } from "../taint/rules.js";
import type { Ruling } from "./policy.js";

const WHAT: Readonly<Record<Operation, string>> = {
  publish: "publishing",
  cite: "citing",
  cite_over_budget: "citing more articles than the run may",
  egress_new_host: "reading an address that no search has found and no person has given",
  reach_host: "having programs in the VM reach another server",
  memory_write: "changing what is remembered",
  propose_skill: "proposing a skill",
};

/** Why it needs a person, or none, or may not be, in a sentence. */
export function whyOf({ rule, by }: Ruling, operation: Operation, marks: readonly TaintMark[]): string {
  const what = WHAT[operation];
  const seen = marks.length === 0 ? "" : ` The agent has read ${marksText(marks)}.`;
  if (rule === "deny")
    return `The policy of this home does not let agents do this (${what}).${by === "taint" ? seen : ""}`;
  if (rule === "free") return `The policy of this home lets agents do this (${what}) by themselves.`;
  if (by === "policy") return `The policy of this home has a person asked before this (${what}).${seen}`;
  return `An agent that has seen text from outside does not do this (${what}) by itself.${seen}`;
}
