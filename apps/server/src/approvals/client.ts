import type { AskedApproval } from "@vibewriter/agent/runs";
import type { Caller } from "../call.js";
import { ApprovalAnswer, ApprovalsAnswer } from "./api.js";

/** What runs ask a person to allow. Failures are ServerErrors with the codes of runs. */
export class ApprovalsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Open questions, the newest first; with `all` those that were answered or are stale, too. */
  async list(o: { all: boolean }): Promise<AskedApproval[]> {
    const path = `/v1/approvals?all=${o.all ? 1 : 0}`;
    return (await this.#caller.call("GET", path, ApprovalsAnswer)).approvals;
  }

  /** One question, by its id. */
  async get(id: string): Promise<AskedApproval> {
    return (await this.#caller.call("GET", `/v1/approvals/${encodeURIComponent(id)}`, ApprovalAnswer)).approval;
  }
}
