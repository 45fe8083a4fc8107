import type { ApprovalDecision, ApprovalQuestion, JsonObject } from "@vibewriter/agent/runs";
import { plain } from "./escape.js";
import { argumentLines, questionLines } from "./view/approval.js";
import { questionText } from "./view/summary.js";

/** Whoever can be asked, and told. */
export interface Asking {
  warn(text: string): void;
  /** Undefined when the person closed the input or pressed Ctrl-C. */
  ask(question: string): Promise<string | undefined>;
}

const KEYS = "[y = yes, n = no, e = edit, s = show all of it, Enter = decide later] ";

/** Puts a run's question to a person, who sees what it is about before they can say yes. Undefined: they decide later. */
export async function askApproval(asking: Asking, question: ApprovalQuestion): Promise<ApprovalDecision | undefined> {
  asking.warn(`\n${questionText(question)}`);
  const isPublication = question.operation === "publish";
  // A publication names its report, and how it was checked; what anything else is stands in its arguments.
  if (!isPublication) for (const line of argumentLines(question)) asking.warn(`  ${line}`);
  const what = isPublication ? "Publish it?" : "Allow it?";
  for (;;) {
    switch ((await asking.ask(`  ${what} ${KEYS}`))?.trim().toLowerCase()) {
      case undefined:
      case "":
        return undefined;
      case "y":
      case "yes":
        return { decision: "approve" };
      case "n":
      case "no": {
        const message = await asking.ask("  Why? The agent reads it. [Enter = no reason] ");
        return message === undefined ? undefined : { decision: "reject", message };
      }
      case "s":
      case "show":
        for (const line of questionLines(question)) asking.warn(`  ${line}`);
        break;
      case "e":
      case "edit": {
        const args = await editArguments(asking, question.args);
        if (args !== undefined) return { decision: "edit", args };
        asking.warn("  Nothing is changed.");
      }
    }
  }
}

/** Asks for each argument; undefined if nothing was changed. */
async function editArguments(asking: Asking, args: JsonObject): Promise<JsonObject | undefined> {
  const changes: Record<string, string> = {};
  for (const [name, value] of Object.entries(args)) {
    const shown = plain(typeof value === "string" ? value : JSON.stringify(value));
    const typed = await asking.ask(`  ${plain(name)} [Enter = ${shown}] `);
    if (typed === undefined) return undefined;
    if (typed !== "") changes[name] = typed;
  }
  return Object.keys(changes).length === 0 ? undefined : withChanges(args, changes);
}

/** Arguments with some of them changed, or more of them: a text where a text was, else JSON where it is JSON. */
export function withChanges(args: JsonObject, changes: Readonly<Record<string, string>>): JsonObject {
  const changed = Object.entries(changes).map(([name, text]) => [
    name,
    typeof args[name] === "string" ? text : jsonOrText(text),
  ]);
  return { ...args, ...Object.fromEntries(changed) };
}

function jsonOrText(text: string): JsonObject[string] {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A text without its quotes.
  }
}
