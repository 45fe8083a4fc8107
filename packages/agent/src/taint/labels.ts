import { ToolMessage } from "@langchain/core/messages";
import { Command, isCommand } from "@langchain/langgraph";
import { z } from "zod";
import { entryAt } from "../memory/change.js";
import { markOf, type Origin, TaintMark } from "./origin.js";

/** Where a tool's answer carries its marks: beside its text, where no text can forge them and no model reads them. */
const FIELD = "vibewriter_taint";

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

/** A tool's answer with its marks, as a command that also adds those to the state that are `news` there. */
export function labelled(
  result: ToolMessage | Command,
  marks: readonly TaintMark[],
  news: readonly TaintMark[],
): ToolMessage | Command {
  if (marks.length === 0) return result;
  if (!isCommand(result)) {
    const message = withMarks(result, marks);
    return news.length === 0 ? message : new Command({ update: { messages: [message], taint: news } });
  }
  const { update } = result;
  if (update === undefined || Array.isArray(update) || typeof update !== "object" || update === null) return result;
  const had: unknown = Reflect.get(update, "taint");
  const taint = [...(Array.isArray(had) ? TaintMark.array().parse(had) : []), ...news];
  const messages: unknown = Reflect.get(update, "messages");
  const labelledMessages = Array.isArray(messages)
    ? messages.map((one: unknown) => (ToolMessage.isInstance(one) ? withMarks(one, marks) : one))
    : messages;
  return new Command({
    ...result,
    update: { ...update, ...(labelledMessages === undefined ? {} : { messages: labelledMessages }), taint },
  });
}

/** The marks of a tool's answer; none of a message that has none. */
export function marksIn(message: object): readonly TaintMark[] {
  const kwargs: unknown = Reflect.get(message, "additional_kwargs");
  const marks = typeof kwargs === "object" && kwargs !== null ? Reflect.get(kwargs, FIELD) : undefined;
  return z.array(TaintMark).safeParse(marks).data ?? [];
}

function withMarks(message: ToolMessage, marks: readonly TaintMark[]): ToolMessage {
  message.additional_kwargs = { ...message.additional_kwargs, [FIELD]: marks };
  return message;
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
