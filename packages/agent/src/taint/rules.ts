/** What has an effect outside of an agent's own thoughts. */
export const OPERATIONS = [
  "publish",
  "cite",
  "cite_over_budget",
  "egress_new_host",
  "reach_host",
  "memory_write",
  "propose_skill",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `free`: no person is needed; `ask`: a person says yes to exactly this; `deny`: not at all. */
export type Rule = "free" | "ask" | "deny";

/**
 * What an agent may do without a person, by whether it has seen anything from outside. `clean` is what holds where the home's policy says
 * nothing else; `tainted` is the least that holds, whatever it says (`policy/policy.ts`). The same table stands in docs/security.md.
 */
export const TAINT_RULES: Readonly<Record<Operation, { readonly clean: Rule; readonly tainted: Rule }>> = {
  publish: { clean: "ask", tainted: "ask" },
  cite: { clean: "free", tainted: "free" },
  cite_over_budget: { clean: "ask", tainted: "ask" },
  egress_new_host: { clean: "ask", tainted: "ask" },
  reach_host: { clean: "ask", tainted: "ask" },
  memory_write: { clean: "free", tainted: "ask" },
  propose_skill: { clean: "free", tainted: "ask" },
};
