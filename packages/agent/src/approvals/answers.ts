import type { AuditEntry } from "../audit/entry.js";
import { canonicalJson } from "../canonical.js";
import { AgentError } from "../errors.js";
import { EDITABLE } from "../policy/arguments.js";
import { JsonObject } from "../runs/record.js";
import { type Approval, argsHashOf, questionId } from "./approval.js";

/** Whether the question that a person sees is about what would be allowed. Who can only write the bucket can change the one, not the other. */
export function isHonest({ scope, tool, argsHash, question }: Approval): boolean {
  if (question?.expiresAt === undefined || scope === undefined || question.tool !== tool) return false;
  const { id, args, names } = question;
  return id === questionId(argsHash) && argsHashOf({ tool, args, names, scope }) === argsHash;
}

/** What a person makes of the arguments that were asked about, as the tool takes it. @throws AgentError `invalid_decision` */
export function editedArguments({ tool, question }: Approval, args: JsonObject): JsonObject {
  const schema = EDITABLE[tool];
  if (schema === undefined) {
    const message = `What ${tool} is called with cannot be changed; approve it, or reject it and say what you want instead.`;
    throw new AgentError("invalid_decision", message);
  }
  const parsed = schema.safeParse(args);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "arguments";
    const message = `${tool} does not take that (${where}: ${issue?.message}), so nothing was changed; correct it.`;
    throw new AgentError("invalid_decision", message, { cause: parsed.error });
  }
  const edited = JsonObject.parse(parsed.data);
  if (isSame(edited, question?.args)) {
    throw new AgentError("invalid_decision", "These are the arguments that were asked about; approve them instead.");
  }
  return edited;
}

export function isSame(a: JsonObject | undefined, b: JsonObject | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

const SAID = { pending: "not answered", granted: "approved", edited: "approved with changes", rejected: "rejected" };

/** What is said to whoever answers a question again, and differently. */
export function alreadyDecided(id: string, now: Approval | undefined): AgentError {
  const at = now?.decidedAt === undefined ? "" : ` at ${now.decidedAt}`;
  const was = now === undefined ? "it was withdrawn" : `it was ${SAID[now.state]}${at}`;
  return new AgentError("approval_decided", `The question ${id} was answered before: ${was}. Nothing was changed.`);
}

/** A person's answer, for the audit. */
export function auditEntryOf({ state, tool, argsHash, question, by, message }: Approval): AuditEntry {
  const event = state === "pending" ? "asked" : state;
  const asked = { operation: question?.operation, question: question?.question };
  return { kind: "approval", event, tool, argsHash, ...asked, by, message };
}
