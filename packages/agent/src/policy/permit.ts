import { argsHashOf, type GuardedEffect, type Permission, questionId } from "../approvals/approval.js";
import { canonicalJson } from "../canonical.js";
import { taskAtWork } from "../middleware/task.js";
import type { ApprovalQuestion, JsonObject } from "../runs/record.js";
import { markText, type TaintMark } from "../taint/origin.js";
import { keepSecrets } from "../taint/output-filter.js";
import type { Operation } from "../taint/rules.js";
import { isProgramAtWork } from "../taint/taint.js";
import type { AskPerson, ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import { jsonOf } from "./arguments.js";
import { ArgumentsChanged } from "./edits.js";
import { nobodyToAsk } from "./nobody-to-ask.js";
import { type Ruling, rulingOn } from "./policy.js";
import { RejectedByPerson } from "./rejected.js";
import { whyOf } from "./why.js";

/** Something that may need a person's word. */
export interface Effect {
  readonly operation: Operation;
  /** The tool whose call it is, by its name. */
  readonly tool: string;
  /** What it is called with: exactly this is allowed. */
  readonly args: JsonObject;
  /** What those arguments name as it is now, such as the hash of a file: part of what is allowed. */
  readonly names?: JsonObject;
  /** Names the effect itself: the same key is the same effect, so that a crash in the middle needs no second word. */
  readonly effectKey: string;
  /** One sentence for a person, that ends with a question mark. */
  readonly question: string;
  /** Shown beside the question. */
  readonly about?: Pick<ApprovalQuestion, "title" | "author" | "draftSha256" | "citations" | "cites">;
  /** A tool of which a person's word for this run covers this as well. */
  readonly allowedWith?: string;
}

/** What of a run's context the door stands on. */
export type DoorContext = Pick<ToolContext, "runId" | "scope" | "secrets" | "taint" | "policy" | "audit" | "fence"> & {
  readonly approvals: Pick<ToolContext["approvals"], "claim" | "ask" | "isAllowed">;
};

/** What a person can look through before they say yes. */
const LONGEST_ARGUMENTS = 100_000;

/**
 * The one door to every effect: the policy of the home and what the agent has seen say whether a person has to allow it; then only a signed
 * grant of theirs for exactly this opens it. Asking ends the call; it is made again when there is an answer. A program in the VM uses what a person
 * has allowed, and asks nothing. All of it is in the audit. Says whether a person has seen exactly this and said yes to it.
 * @throws Refusal `secret_found`, `denied`, `rejected`, `not_approved`, `invalid_grant`, `too_large`; ArgumentsChanged
 */
export async function permit(context: DoorContext, effect: Effect, ask: AskPerson): Promise<boolean> {
  const { operation, tool } = effect;
  // What is kept of a question has no secrets, so one with a secret in it could never be answered.
  keepSecrets(context, `call of ${tool}`, canonicalJson(effect.args));
  const marks = await context.taint.of();
  const ruling = rulingOn(context.policy, operation, marks);
  if (ruling.rule !== "ask") {
    const why = whyOf(ruling, operation, marks);
    const outcome = ruling.rule === "free" ? "allowed" : "denied";
    const decided = { what: `${operation} by ${tool}`, outcome, why, by: ruling.by, task: taskAtWork() };
    context.audit.record({ kind: "decision", ...decided });
    if (ruling.rule === "free") return false;
    throw new Refusal("denied", `${why} It was not done; do not try it again, go on without.`);
  }
  const { runId, scope } = context;
  if (effect.allowedWith !== undefined) {
    const isCovered = await context.approvals.isAllowed({ runId, scope, tool: effect.allowedWith });
    if (isCovered) {
      await use(context, effect, { by: effect.allowedWith });
      return false;
    }
  }
  await claim(context, effect, { ruling, marks, ask });
  return true;
}

async function claim(
  context: DoorContext,
  effect: Effect,
  o: { ruling: Ruling; marks: readonly TaintMark[]; ask: AskPerson },
): Promise<void> {
  const { runId, scope } = context;
  const { operation, tool, args, names = {}, effectKey, question: text, about } = effect;
  // What others call their articles and files stands in the question beside the arguments, and is kept with it.
  keepSecrets(context, `question about ${tool}`, canonicalJson(jsonOf({ names, text, about })));
  if (canonicalJson(args).length > LONGEST_ARGUMENTS) {
    const message = `A person has to allow this, and it is more than they could look through; do it in parts below ${LONGEST_ARGUMENTS} characters.`;
    throw new Refusal("too_large", message);
  }
  const argsHash = argsHashOf({ tool, args, names, scope });
  const guarded: GuardedEffect = { runId, scope, tool, argsHash, effectKey };
  let permission = await context.approvals.claim(guarded);
  // Asked in other words before, it is those that a person saw, and sees.
  let shown = { ...effect, question: permission.question ?? text };
  if (isOpen(permission) && isProgramAtWork()) {
    // A question is stored and shown before it is asked, so a program could write to the person, and never wait for an answer.
    tell(context, effect, "refused", { argsHash, code: "program" });
    throw nobodyToAsk();
  }
  // A graph that was resumed answers the first question by itself; what it answers proves nothing, so a second one is put.
  for (let n = 0; n < 2 && isOpen(permission); n++) {
    await context.fence.check();
    const question = await context.approvals.ask(guarded, {
      ...{ id: questionId(argsHash), operation, tool, question: text, args, names },
      ...{ why: whyOf(o.ruling, operation, o.marks), taint: [...o.marks] },
      ...about,
    });
    shown = { ...effect, question: question.question };
    const code = permission.state === "refused" ? permission.code : n > 0 ? "unanswered" : undefined;
    if (code !== undefined) tell(context, shown, "refused", { argsHash, code });
    tell(context, shown, "asked", { argsHash, taint: o.marks });
    o.ask(question);
    permission = await context.approvals.claim(guarded);
  }
  if (permission.state === "granted") return await use(context, shown, { argsHash });
  const code = permission.state === "refused" ? permission.code : permission.state;
  if (permission.state !== "edited") tell(context, shown, "refused", { argsHash, code });
  throw refusalOf(permission);
}

/** Nothing happens that the audit has not heard of. */
async function use(context: DoorContext, effect: Effect, o: { argsHash?: string; by?: string }): Promise<void> {
  tell(context, effect, "used", o);
  await context.audit.written();
}

function isOpen(permission: Permission): boolean {
  return permission.state === "unanswered" || (permission.state === "refused" && permission.code === "expired");
}

function refusalOf(permission: Exclude<Permission, { state: "granted" }>): Refusal {
  switch (permission.state) {
    case "edited":
      return new ArgumentsChanged(permission.args);
    case "rejected":
      return new RejectedByPerson(permission.message);
    case "refused":
      return new Refusal("invalid_grant", permission.message);
    default:
      return new Refusal("not_approved", "Nobody has approved this, so it was not done.");
  }
}

function tell(
  context: DoorContext,
  { operation, tool, question, effectKey }: Effect,
  event: "asked" | "used" | "refused",
  o: { argsHash?: string; code?: string; by?: string; taint?: readonly TaintMark[] },
): void {
  const { taint, ...more } = o;
  const about = { tool, operation, question, effectKey, taint: taint?.map(markText), task: taskAtWork() };
  context.audit.record({ kind: "approval", event, ...about, ...more });
}
