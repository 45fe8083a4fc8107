import type { Records, Versioned } from "@vibewriter/backbone";
import { z } from "zod";
import { AgentError } from "../errors.js";
import { ApprovalQuestion } from "../runs/record.js";
import type { Approvers } from "./approvers.js";
import { ANY_ARGUMENTS, Grant, type GrantPayload, grantCovers, issueGrant } from "./grant.js";
import type { ApprovalKey } from "./key.js";

/** A question, and what became of it, under `<run>.<arguments' hash>`. */
export const Approval = z.object({
  runId: z.string(),
  tool: z.string(),
  argsHash: z.string(),
  /** Absent for a grant that was given before anything was asked. */
  question: ApprovalQuestion.optional(),
  state: z.enum(["pending", "granted", "rejected"]),
  grant: Grant.optional(),
  by: z.string().optional(),
  message: z.string().optional(),
  createdAt: z.string(),
  decidedAt: z.string().optional(),
});
export type Approval = z.infer<typeof Approval>;

/** What a grant was used for, under its nonce; written once. */
export const GrantUse = z.object({ effectKey: z.string(), usedAt: z.string() });
export type GrantUse = z.infer<typeof GrantUse>;

/** An effect that needs a person's word. */
export interface GuardedEffect {
  readonly runId: string;
  /** The wish of the person that it is for: a use that was allowed beforehand, by `--yes`, is for one. */
  readonly scope: string;
  readonly tool: string;
  /** SHA-256 over the exact arguments and what they name, such as the draft's hash. */
  readonly argsHash: string;
  /** Names the effect itself: the same key is the same effect, so finishing it after a crash needs no second grant. */
  readonly effectKey: string;
}

/** What the tool may do. */
export type Permission =
  | { readonly state: "granted" }
  | { readonly state: "rejected"; readonly message: string }
  | { readonly state: "refused"; readonly code: "invalid_grant" | "expired" | "used"; readonly message: string }
  | { readonly state: "unanswered" };

/** A decision has to be used within a day. */
const LIFETIME_MS = 24 * 3_600_000;

/**
 * Questions to a person and their signed answers. A tool asks {@link Approvals.claim} right before its effect and believes nothing
 * else: not the graph's state, not the value it was resumed with.
 */
export class Approvals {
  readonly #key: ApprovalKey;
  readonly #records: Records<Approval>;
  readonly #uses: Records<GrantUse>;
  readonly #approvers: Pick<Approvers, "all">;
  readonly #now: () => Date;

  constructor(o: {
    key: ApprovalKey;
    records: Records<Approval>;
    uses: Records<GrantUse>;
    /** Whose grants count besides this home's own. */
    approvers: Pick<Approvers, "all">;
    now?: () => Date;
  }) {
    this.#key = o.key;
    this.#approvers = o.approvers;
    this.#records = o.records;
    this.#uses = o.uses;
    this.#now = o.now ?? (() => new Date());
  }

  /** Uses the grant for this effect, if there is one: its own, else one given for any arguments of this tool in this scope. */
  async claim(effect: GuardedEffect): Promise<Permission> {
    const own = (await this.#records.get(recordKey(effect.runId, effect.argsHash)))?.value;
    if (own?.state === "rejected") return { state: "rejected", message: own.message ?? "" };
    if (own?.state === "granted") return await this.#use(own.grant, effect, effect.argsHash);
    const any = (await this.#records.get(recordKey(effect.scope, ANY_ARGUMENTS)))?.value;
    if (any?.state !== "granted") return { state: "unanswered" };
    const permission = await this.#use(any.grant, { ...effect, runId: effect.scope }, ANY_ARGUMENTS);
    // It was for one publication; a second one is asked about like any other.
    return permission.state === "refused" && permission.code !== "invalid_grant" ? { state: "unanswered" } : permission;
  }

  /** Puts a question; asking again changes nothing, unless the answer has expired. */
  async ask(effect: GuardedEffect, question: ApprovalQuestion): Promise<void> {
    await this.#records.update(recordKey(effect.runId, effect.argsHash), (now) =>
      now === undefined || (now.state === "granted" && this.#isExpired(now.grant))
        ? {
            runId: effect.runId,
            tool: effect.tool,
            argsHash: effect.argsHash,
            question,
            state: "pending",
            createdAt: this.#now().toISOString(),
          }
        : undefined,
    );
  }

  /**
   * Answers a question. Only an authenticated person reaches this.
   * @throws AgentError `approval_not_found`, or `approval_decided` if it was answered differently before
   */
  async decide(runId: string, id: string, o: { approve: boolean; by: string; message?: string }): Promise<Approval> {
    const found = await this.#find(runId, id);
    if (found === undefined) {
      throw new AgentError(
        "approval_not_found",
        `Run ${runId} asks no question ${id}; see \`vibewriter runs ${runId}\`.`,
      );
    }
    const wanted = o.approve ? "granted" : "rejected";
    const decided = await this.#records.update(found.key, (now) => {
      if (now?.state !== "pending") return undefined;
      const at = this.#now();
      const { tool, argsHash } = now;
      const grant = o.approve
        ? issueGrant(this.#key, { runId, tool, argsHash, now: at, lifetimeMs: LIFETIME_MS })
        : undefined;
      return { ...now, state: wanted, grant, by: o.by, message: o.message, decidedAt: at.toISOString() };
    });
    if (decided?.state !== wanted) {
      throw new AgentError(
        "approval_decided",
        `The question ${id} was answered before: it was ${decided?.state ?? "withdrawn"}.`,
      );
    }
    return decided;
  }

  /** Whether a question of a run was answered. */
  async isDecided(runId: string, id: string): Promise<boolean> {
    const approval = await this.#find(runId, id);
    return approval !== undefined && approval.value.state !== "pending";
  }

  /** Allows one use of a tool in a scope, whatever its arguments: what `--yes` means. Doing it again changes nothing. */
  async allowOnce(scope: string, tool: string, by: string): Promise<void> {
    await this.#records.update(recordKey(scope, ANY_ARGUMENTS), (now) => {
      if (now !== undefined) return undefined;
      const at = this.#now();
      const runId = scope;
      const grant = issueGrant(this.#key, { runId, tool, argsHash: ANY_ARGUMENTS, now: at, lifetimeMs: LIFETIME_MS });
      const time = at.toISOString();
      return { runId, tool, argsHash: ANY_ARGUMENTS, state: "granted", grant, by, createdAt: time, decidedAt: time };
    });
  }

  /** Whether a person has allowed a tool for this run or this scope, for some arguments or beforehand. */
  async isAllowed({ runId, scope, tool }: Pick<GuardedEffect, "runId" | "scope" | "tool">): Promise<boolean> {
    for (const { value } of await this.#records.list()) {
      if (value.state !== "granted" || value.tool !== tool || ![runId, scope].includes(value.runId)) continue;
      const { grant, argsHash } = value;
      if (grant !== undefined && (await this.isSigned(grant, { runId: value.runId, tool, argsHash }))) return true;
    }
    return false;
  }

  /**
   * Signs what a person allows until they take it back, such as a skill. It goes with what it allows, which counts while {@link Approvals.isSigned}
   * says so, however old it is; nothing else can be done with it.
   */
  allow(o: { runId: string; tool: string; argsHash: string }): Grant {
    return issueGrant(this.#key, { ...o, now: this.#now(), lifetimeMs: LIFETIME_MS });
  }

  async #find(runId: string, id: string): Promise<Versioned<Approval> | undefined> {
    return (await this.#records.list()).find(({ value }) => value.runId === runId && value.question?.id === id);
  }

  #isExpired(grant: Pick<Grant, "payload"> | undefined): boolean {
    return grant === undefined || Date.parse(grant.payload.expiresAt) <= this.#now().getTime();
  }

  async #use(grant: Grant | undefined, effect: GuardedEffect, argsHash: string): Promise<Permission> {
    const { runId, tool } = effect;
    if (grant === undefined || !(await this.isSigned(grant, { runId, tool, argsHash }))) {
      return {
        state: "refused",
        code: "invalid_grant",
        message: "The stored approval does not fit this call, so it does not count.",
      };
    }
    return await this.#spend(grant.payload, effect.effectKey);
  }

  /** Whether a person has signed that, in this home or another one whose approver is known. Says nothing about its age or use. */
  async isSigned(grant: Grant, o: { runId: string; tool: string; argsHash: string }): Promise<boolean> {
    if (grantCovers(this.#key, grant, o)) return true;
    return (await this.#approvers.all()).some((approver) => grantCovers(approver, grant, o));
  }

  /** One grant, one effect; the same effect again is its own continuation, even after the grant has expired. */
  async #spend(payload: GrantPayload, effectKey: string): Promise<Permission> {
    const used = (await this.#uses.get(payload.nonce))?.value;
    if (used === undefined && this.#isExpired({ payload })) {
      return { state: "refused", code: "expired", message: `The approval expired at ${payload.expiresAt}.` };
    }
    const use = await this.#uses.update(payload.nonce, (now) =>
      now === undefined ? { effectKey, usedAt: this.#now().toISOString() } : undefined,
    );
    if (use?.effectKey === effectKey) return { state: "granted" };
    return { state: "refused", code: "used", message: "The approval was used before, for something else." };
  }
}

function recordKey(runId: string, argsHash: string): string {
  return `${runId}.${argsHash}`;
}
