import type { Records, Versioned } from "@vibewriter/backbone";
import { AgentError } from "../errors.js";
import type { HomeKey } from "../home-key.js";
import type { ApprovalQuestion, JsonObject } from "../runs/record.js";
import { alreadyDecided, editedArguments, isHonest, isSame } from "./answers.js";
import { type Approval, argsHashOf, type GrantUse, type GuardedEffect, type Permission } from "./approval.js";
import type { Approvers } from "./approvers.js";
import type { ApprovalDecision } from "./decision.js";
import { ANY_ARGUMENTS, type Grant, type GrantPayload, grantCovers, issueGrant } from "./grant.js";

/** A decision has to be used within a day. */
const LIFETIME_MS = 24 * 3_600_000;

/** A question waits for a week; after that what it was about is asked anew. */
export const QUESTION_LIFETIME_MS = 7 * 24 * 3_600_000;

/** An answer, and whether it is the first of its kind: the same one again changes nothing. */
export interface Decided {
  readonly approval: Approval & { readonly question: ApprovalQuestion };
  readonly isFirst: boolean;
}

/**
 * Questions to a person and their signed answers. A tool asks {@link Approvals.claim} right before its effect and believes nothing
 * else: not the graph's state, not the value it was resumed with.
 */
export class Approvals {
  readonly #key: HomeKey;
  readonly #records: Records<Approval>;
  readonly #uses: Records<GrantUse>;
  readonly #approvers: Pick<Approvers, "all">;
  readonly #now: () => Date;

  constructor(o: {
    key: HomeKey;
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
    const question = own?.question?.question;
    if (own?.state === "rejected") return { state: "rejected", message: own.message ?? "", question };
    if (own?.state === "edited" && own.edited !== undefined) return { state: "edited", args: own.edited };
    if (own?.state === "granted") return { ...(await this.#use(own.grant, effect, effect.argsHash)), question };
    const any = (await this.#records.get(recordKey(effect.scope, ANY_ARGUMENTS)))?.value;
    if (any?.state !== "granted" || any.tool !== effect.tool) return { state: "unanswered" };
    const permission = await this.#use(any.grant, { ...effect, runId: effect.scope }, ANY_ARGUMENTS);
    // It was for one publication; a second one is asked about like any other.
    return permission.state === "refused" && permission.code !== "invalid_grant" ? { state: "unanswered" } : permission;
  }

  /** Puts a question; asking again changes nothing, unless it or its answer has expired. Returns it as it is asked. */
  async ask(effect: GuardedEffect, asked: Omit<ApprovalQuestion, "expiresAt">): Promise<ApprovalQuestion> {
    const { runId, scope, tool, argsHash } = effect;
    const at = this.#now();
    const expiresAt = new Date(at.getTime() + QUESTION_LIFETIME_MS).toISOString();
    const question = { ...asked, expiresAt };
    const record = await this.#records.update(recordKey(runId, argsHash), (now) => {
      const isAsked = now !== undefined && !this.#isOver(now) && (now.state !== "pending" || isHonest(now));
      const createdAt = at.toISOString();
      return isAsked ? undefined : { runId, scope, tool, argsHash, state: "pending", question, createdAt };
    });
    return record?.question ?? question;
  }

  /**
   * Answers a question. Only an authenticated person reaches this. Everything about an answer is looked at before anything is written.
   * @throws AgentError `approval_not_found`, `approval_decided` if it was answered differently before, `approval_expired` if it comes too late or
   * to a question that is not what it shows, `invalid_decision` for arguments that the tool does not take
   */
  async decide(runId: string, id: string, decision: ApprovalDecision, by: string): Promise<Decided> {
    const { key, value } = await this.#open(runId, id);
    const edited = decision.decision === "edit" ? editedArguments(value, decision.args) : undefined;
    const wanted = STATE[decision.decision];
    const { message } = decision;
    let isFirst = false;
    const decided = await this.#records.update(key, (now) => {
      isFirst = now?.state === "pending" && isHonest(now) && !this.#isOver(now);
      if (now === undefined || !isFirst) return undefined;
      const at = this.#now();
      const grant = decision.decision === "approve" ? this.#issue(now, at) : undefined;
      return { ...now, state: wanted, grant, edited, by, message, decidedAt: at.toISOString() };
    });
    if (decided?.question === undefined || decided.state !== wanted || !isSame(decided.edited, edited)) {
      throw alreadyDecided(id, decided);
    }
    // Should this process end in between, the tool asks about the edited arguments.
    if (edited !== undefined) await this.#grantInstead(decided, edited, by);
    return { approval: { ...decided, question: decided.question }, isFirst };
  }

  /** All that was asked, and allowed over changed arguments, the newest first. */
  async list(): Promise<Approval[]> {
    const all = (await this.#records.list()).map(({ value }) => value);
    return all.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Whether there is nothing to wait for: a question was answered, or cannot be answered any more and has to be asked anew. */
  async isSettled(runId: string, id: string): Promise<boolean> {
    const found = await this.#find(runId, id);
    return (
      found === undefined || found.value.state !== "pending" || this.#isOver(found.value) || !isHonest(found.value)
    );
  }

  /** Allows one use of a tool in a scope, whatever its arguments: what `--yes` means. Doing it again changes nothing. */
  async allowOnce(scope: string, tool: string, by: string): Promise<void> {
    await this.#records.update(recordKey(scope, ANY_ARGUMENTS), (now) => {
      if (now !== undefined) return undefined;
      const at = this.#now();
      const runId = scope;
      const grant = this.#issue({ runId, tool, argsHash: ANY_ARGUMENTS }, at);
      const time = at.toISOString();
      return { runId, tool, argsHash: ANY_ARGUMENTS, state: "granted", grant, by, createdAt: time, decidedAt: time };
    });
  }

  /**
   * Whether a person has allowed a tool for this wish of theirs, for some arguments or beforehand: by a grant that can still be used, or that was
   * used for this very wish in its time. What was allowed for an earlier one, or not used in time, allows nothing.
   */
  async isAllowed({ runId, scope, tool }: Pick<GuardedEffect, "runId" | "scope" | "tool">): Promise<boolean> {
    for (const { value } of await this.#records.list()) {
      if (value.state !== "granted" || value.tool !== tool || !isOf(value, { runId, scope })) continue;
      const { grant, argsHash } = value;
      if (grant === undefined || !(await this.isSigned(grant, { runId: value.runId, tool, argsHash }))) continue;
      if (!this.#isExpired(grant) || (await this.#uses.get(grant.payload.nonce)) !== undefined) return true;
    }
    return false;
  }

  /**
   * Signs what a person allows until they take it back, such as a skill. It goes with what it allows, which counts while {@link Approvals.isSigned}
   * says so, however old it is; nothing else can be done with it.
   */
  allow(o: { runId: string; tool: string; argsHash: string }): Grant {
    return this.#issue(o, this.#now());
  }

  /** A question that can be answered, or has been. */
  async #open(runId: string, id: string): Promise<Versioned<Approval>> {
    const all = (await this.#records.list()).filter(({ value }) => value.question?.id === id);
    const found = all.find(({ value }) => value.runId === runId);
    if (found === undefined) {
      const [other] = all;
      const whose = other === undefined ? "" : ` It is asked by run ${other.value.runId}.`;
      const message = `Run ${runId} asks no question ${id}.${whose} See \`vibewriter approvals list\`.`;
      throw new AgentError("approval_not_found", message);
    }
    const { value } = found;
    const anew = `\`vibewriter resume ${runId}\` asks it anew`;
    if (value.state === "pending" && this.#isOver(value)) {
      const message = `The question ${id} could be answered until ${value.question?.expiresAt}; ${anew}.`;
      throw new AgentError("approval_expired", message);
    }
    if (value.state === "pending" && !isHonest(value)) {
      const message = `The question ${id} is of an earlier release, or was changed where it is kept, so it is not what would be allowed; ${anew}.`;
      throw new AgentError("approval_expired", message);
    }
    return found;
  }

  /** A grant of its own over what a person has made of the arguments. Doing it again changes nothing. */
  async #grantInstead(asked: Approval, args: JsonObject, by: string): Promise<void> {
    const { runId, scope = runId, tool, question } = asked;
    const argsHash = argsHashOf({ tool, args, names: question?.names ?? {}, scope });
    await this.#records.update(recordKey(runId, argsHash), (now) => {
      if (now?.state === "granted" && !this.#isExpired(now.grant)) return undefined;
      const at = this.#now();
      const time = at.toISOString();
      const grant = this.#issue({ runId, tool, argsHash }, at);
      return { runId, scope, tool, argsHash, state: "granted", grant, by, createdAt: time, decidedAt: time };
    });
  }

  #issue({ runId, tool, argsHash }: Pick<Approval, "runId" | "tool" | "argsHash">, now: Date): Grant {
    return issueGrant(this.#key, { runId, tool, argsHash, now, lifetimeMs: LIFETIME_MS });
  }

  async #find(runId: string, id: string): Promise<Versioned<Approval> | undefined> {
    return (await this.#records.list()).find(({ value }) => value.runId === runId && value.question?.id === id);
  }

  /** Whether what was asked or allowed has had its time. A grant that was used is good for its effect for ever: that is its use to say. */
  #isOver({ state, grant, question }: Approval): boolean {
    if (state === "granted") return this.#isExpired(grant);
    return state === "pending" && Date.parse(question?.expiresAt ?? "") <= this.#now().getTime();
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
    const isExpired = this.#isExpired({ payload });
    const use = await this.#uses.update(payload.nonce, (now) =>
      now === undefined && !isExpired ? { effectKey, usedAt: this.#now().toISOString() } : undefined,
    );
    if (use === undefined) {
      return { state: "refused", code: "expired", message: `The approval expired at ${payload.expiresAt}.` };
    }
    if (use.effectKey === effectKey) return { state: "granted" };
    return { state: "refused", code: "used", message: "The approval was used before, for something else." };
  }
}

const STATE = { approve: "granted", reject: "rejected", edit: "edited" } as const;

/** Whether it was allowed for that wish of the person; what names another one is not of this one, whatever its record says. */
function isOf(
  { runId, scope = runId, tool, argsHash, question }: Approval,
  of: { runId: string; scope: string },
): boolean {
  if (scope !== of.scope || (runId !== of.runId && runId !== of.scope)) return false;
  if (question === undefined) return true;
  return argsHashOf({ tool, args: question.args, names: question.names, scope }) === argsHash;
}

function recordKey(runId: string, argsHash: string): string {
  return `${runId}.${argsHash}`;
}
