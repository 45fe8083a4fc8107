import type { ToolMessage } from "@langchain/core/messages";
import { Command, isCommand } from "@langchain/langgraph";
import { entryAt } from "../memory/change.js";
import { markOf, type Origin, TaintMark } from "./origin.js";

/** Tools whose answers are this program's own words, with nothing in them that came from elsewhere. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  "write_todos",
  "write_file",
  "edit_file",
  "delete",
  "ask_person",
  "stop_without_report",
  "record_claims",
  "reach_host",
]);

/** Tools that say themselves, by `Taint.saw`, what they lay before the agent. */
const TELLING: ReadonlySet<string> = new Set([
  "web_search",
  "read_source",
  "search_choir_kb",
  "recall",
  "publish_to_choir",
  "cite_article",
]);

/** Tools that repeat what sources say. */
const QUOTING: ReadonlySet<string> = new Set(["findings", "verify_citations", "repair_draft"]);

/** Where the answer of a tool comes from. One that nobody knows has been said by a program in the VM, until it is known better. */
export function marksOf(
  tool: string,
  args: Readonly<Record<string, unknown>>,
  seen: readonly TaintMark[],
): readonly TaintMark[] {
  if (OWN_WORDS.has(tool) || TELLING.has(tool)) return seen;
  // A subagent's answer brings its marks along in the state that it leaves.
  if (tool === "task") return seen;
  if (QUOTING.has(tool)) return [...seen, markOf("source", "what the run has recorded")];
  const path = pathIn(args);
  // What is remembered brings along where it came from; the guard of the memory says so.
  if (tool === "read_file" && entryAt(path) !== undefined) return seen;
  return [...seen, markOf(originOfPath(path), path ?? commandIn(args))];
}

/** A tool's answer, as a command that adds the marks to the state that are `news` there: beside the messages, where no text can forge them. */
export function labelled(result: ToolMessage | Command, news: readonly TaintMark[]): ToolMessage | Command {
  if (news.length === 0) return result;
  if (!isCommand(result)) return new Command({ update: { messages: [result], taint: news } });
  const update = updateOf(result);
  return update === undefined
    ? result
    : new Command({ ...result, update: { ...update, taint: [...marksIn(result), ...news] } });
}

/** The marks that an answer brings along in the state that it leaves, as a subagent's does. */
export function marksIn(result: ToolMessage | Command): readonly TaintMark[] {
  const had: unknown = isCommand(result) ? Reflect.get(updateOf(result) ?? {}, "taint") : undefined;
  return Array.isArray(had) ? TaintMark.array().parse(had) : [];
}

function updateOf({ update }: Command): object | undefined {
  return Array.isArray(update) || typeof update !== "object" || update === null ? undefined : update;
}

function originOfPath(path: string | undefined): Exclude<Origin, "person" | "host"> {
  if (path?.startsWith("/skills/")) return "skill";
  if (path?.startsWith("/memories/")) return "memory";
  return "vm";
}

function pathIn(args: Readonly<Record<string, unknown>>): string | undefined {
  const path = args.file_path ?? args.path;
  return typeof path === "string" ? path : undefined;
}

function commandIn(args: Readonly<Record<string, unknown>>): string | undefined {
  return typeof args.command === "string" ? args.command : undefined;
}
