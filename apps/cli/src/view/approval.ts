import { type ApprovalQuestion, type AskedApproval, markText } from "@vibewriter/agent/runs";
import { plain, plainLines } from "../escape.js";
import { age } from "./format.js";
import { table } from "./table.js";

/** Of what is shown before a person is asked: the question stays on the screen. */
const SHOWN_CHARS = 2_000;
const SHOWN_LINES = 40;

/** Questions as a list. */
export function approvalTable(approvals: readonly AskedApproval[], width: number): string[] {
  const now = Date.now();
  const rows = approvals.map(({ question, state, askedAt, runId }) => [
    plain(question.id),
    state,
    age(askedAt, now),
    plain(runId),
    question.operation,
    plain(question.question),
  ]);
  return table([["QUESTION", "STATE", "AGE", "RUN", "KIND", "WHAT IT ASKS"], ...rows], width);
}

/** Exactly what is done if a person says yes, and everything that they should know before they do. */
export function questionLines(question: ApprovalQuestion): string[] {
  const facts: [string, string | undefined][] = [
    ["Question", question.id],
    ["Asks", question.question],
    ["Kind", question.operation],
    ["Why", question.why === "" ? undefined : question.why],
    ["Until", question.expiresAt],
    ["Tool", question.tool],
  ];
  return [
    ...facts.flatMap(([what, text]) => (text === undefined ? [] : [fact(what, text)])),
    ...block("With", question.args),
    ...block("Names", question.names),
    ...question.taint.map((mark, i) => fact(i === 0 ? "Seen" : "", markText(mark))),
  ];
}

/** What is done if a person says yes, as much of it as fits above the question; the last line says how much more there is. */
export function argumentLines({ args }: ApprovalQuestion): string[] {
  const all = block("With", args).join("\n");
  const shown = all.split("\n").slice(0, SHOWN_LINES).join("\n").slice(0, SHOWN_CHARS);
  const left = all.length - shown.length;
  if (left === 0) return shown === "" ? [] : shown.split("\n");
  return [...shown.split("\n"), `… and ${left.toLocaleString("en-US")} more characters, which s shows`];
}

/** A question, and what became of it. */
export function approvalLines(approval: AskedApproval): string[] {
  const { runId, status, request, state, by, message, decidedAt } = approval;
  const answered = decidedAt === undefined ? "" : ` by ${by ?? "somebody"} at ${decidedAt}`;
  return [
    fact("Run", `${runId} (${status}): ${request}`),
    fact("State", `${state}${answered}`),
    ...(message === undefined || message === "" ? [] : [fact("Said", message)]),
    ...(approval.edited === undefined ? [] : block("Instead", approval.edited)),
    ...questionLines(approval.question),
    ...(approval.draft === undefined ? [] : ["", ...plainLines(approval.draft).split("\n")]),
  ];
}

/** What comes of a person's answer, by how the run is by now. */
export function decidedText(said: string, { runId, status }: Pick<AskedApproval, "runId" | "status">): string {
  const run = plain(runId);
  if (status === "done") return `${said}, but run ${run} is done: nothing more comes of it.`;
  if (status === "failed" || status === "cancelled" || status === "interrupted") {
    return `${said}; run ${run} is ${status}, and goes on with \`vibewriter resume ${run}\`.`;
  }
  return `${said}; the run goes on by itself. See it with \`vibewriter runs ${run}\`.`;
}

function fact(what: string, text: string): string {
  return `${what === "" ? "" : `${what}:`}`.padEnd(10) + plain(text);
}

/** A JSON object, a line for each member; what is long goes on below it, all of it: who says yes has seen everything. */
function block(what: string, object: ApprovalQuestion["args"]): string[] {
  return Object.entries(object).flatMap(([name, value], i) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const label = `${(i === 0 ? `${what}:` : "").padEnd(10)}${plain(name)} = `;
    const [first = "", ...more] = plainLines(text).split("\n");
    return [label + first, ...more.map((line) => `${" ".repeat(12)}${line}`)];
  });
}
