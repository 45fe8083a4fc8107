import type { AuditTrail, Secrets } from "@vibewriter/backbone";
import { auditOf } from "../audit/audit.js";
import { AgentError } from "../errors.js";
import { markOf } from "../taint/origin.js";
import { keepSecrets } from "../taint/output-filter.js";
import { Refusal } from "../tools/refusal.js";
import { CITE_TOOL } from "./arguments.js";
import { type Policy, rulingOn } from "./policy.js";
import { whyOf } from "./why.js";

/** Whose chain has what agents of elsewhere ask for: they come as the home's own agent. */
const AGENT = "main";
/** The audit wants a run; these have none. */
const NO_RUN = "mcp";

/** A citation that an agent of elsewhere asks for. */
export interface AskedCitation {
  readonly citing: string;
  readonly cited: string;
  readonly claim: string;
  readonly passage?: string;
  /** How many other articles the citing one cites already. */
  readonly others: number;
}

/**
 * The door to citations for agents that come over MCP, which have no run: the policy of the home, the table of taint and the filter of secrets hold as
 * for the home's own agents, and each word is in the audit. Without a run there is no question that a person could be asked: what needs one is refused,
 * with what the person can do themselves.
 */
export class AgentCitations {
  readonly #policy: Policy;
  readonly #trail: Pick<AuditTrail, "record" | "written">;
  readonly #secrets: Pick<Secrets, "find" | "screen">;

  constructor(o: {
    policy: Policy;
    trail: Pick<AuditTrail, "record" | "written">;
    secrets: Pick<Secrets, "find" | "screen">;
  }) {
    this.#policy = o.policy;
    this.#trail = o.trail;
    this.#secrets = o.secrets;
  }

  /**
   * Returns when it may be made, and the audit has it.
   * @throws AgentError `denied`, `not_approved`, `secret_found`
   */
  async permit({ citing, cited, claim, passage = "", others }: AskedCitation): Promise<void> {
    const audit = auditOf(this.#trail, { agentId: AGENT, runId: NO_RUN, secrets: this.#secrets });
    try {
      keepSecrets({ secrets: this.#secrets, audit }, "context of a citation", claim);
      keepSecrets({ secrets: this.#secrets, audit }, "passage of a citation", passage);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new AgentError("secret_found", error.message, { cause: error });
    }
    const operation = others < this.#policy.citationsPerRun ? "cite" : "cite_over_budget";
    const marks = [markOf("agent", "what it was asked for over MCP")];
    const ruling = rulingOn(this.#policy, operation, marks);
    const why = whyOf(ruling, operation, marks);
    const outcome = ruling.rule === "free" ? "allowed" : "denied";
    const what = `${operation} by ${CITE_TOOL}: ${citing} cites ${cited}`;
    audit.record({ kind: "decision", what, outcome, why, by: ruling.by });
    await audit.written();
    if (ruling.rule === "free") return;
    if (ruling.rule === "deny") throw new AgentError("denied", `${why} It was not done; go on without.`);
    const command = `vibewriter cite ${citing} ${cited} --claim TEXT`;
    throw new AgentError("not_approved", `${why} Ask them to do it themselves, if they want it: ${command}.`);
  }
}
