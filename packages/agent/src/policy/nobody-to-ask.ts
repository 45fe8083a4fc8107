import { Refusal } from "../tools/refusal.js";

const NOBODY_TO_ASK = "Only an agent can ask a person, and a program cannot; have the agent do it with its own tool.";

/** What a program in the VM is told that nobody has allowed this yet: it puts no question. */
export function nobodyToAsk(cause?: unknown): Refusal {
  return new Refusal("not_approved", NOBODY_TO_ASK, { cause });
}
