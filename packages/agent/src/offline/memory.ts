import { REMEMBERED } from "../memory/persons-words.js";
import { MEMORY } from "../memory/place.js";
import { oneLine } from "../sanitize.js";
import type { Conversation, Turn } from "./conversation.js";
import { readSummary } from "./summary.js";
import { contentStems } from "./words.js";

/** Some sandboxes of deepagents number the lines that `read_file` gives. */
const LINE_NUMBER = /^ *\d+\t/;

/** Writes what it was asked to remember into the agent's memory, and says so. */
export function remember(conversation: Conversation, fact: string): Turn {
  const line = `- ${oneLine(fact, 600)}`;
  const read = conversation.answer("memory");
  if (read === undefined) {
    return { text: "", calls: [conversation.call("memory", "read_file", { file_path: MEMORY, limit: 2_000 })] };
  }
  const written = conversation.answer("remember");
  if (written === undefined) {
    const last = lastLine(read.text);
    const call =
      last === undefined
        ? conversation.call("remember", "write_file", { file_path: MEMORY, content: `${REMEMBERED}\n\n${line}\n` })
        : conversation.call("remember", "edit_file", {
            file_path: MEMORY,
            old_string: last,
            new_string: `${last}\n${line}`,
          });
    return { text: "", calls: [call] };
  }
  if (!written.ok || /^error/i.test(written.text))
    return { text: `I could not write it down: ${oneLine(written.text, 300)}`, calls: [] };
  return { text: `I have written down: “${line.slice(2)}”.`, calls: [] };
}

/** What the person told that bears on a topic, word for word; everything for an empty topic. */
export function told(conversation: Conversation, topic: string): string[] {
  const statements = [
    ...memoryIn(conversation.system),
    ...recalledIn(conversation.recalled),
    ...readSummary(conversation.summary).said,
    ...conversation.said.slice(0, -1).filter((text) => !/\?\s*$/.test(text)),
  ];
  const facts = statements
    .filter((text) => !isOrder(text))
    .map((text) => oneLine(factIn(text) ?? text, 600))
    .filter((text) => text !== "");
  const asked = new Set(contentStems(topic));
  const fitting = facts.filter((fact) => asked.size === 0 || contentStems(fact).some((stem) => asked.has(stem)));
  return [...new Set(fitting)];
}

/** What a person asks to have remembered; undefined if a text asks for nothing of that kind. */
export function factIn(text: string): string | undefined {
  return /^(?:please\s+)?remember(?:\s+that\b|:)?\s+([\s\S]+)$/i.exec(text.trim())?.[1]?.trim();
}

/** Words that ask for work state nothing. */
function isOrder(text: string): boolean {
  return /^(?:please\s+)?(?:tell|show|explain|write|research|make|set|(?:(?:the|our|my|this) )?plan|step|compare|list|give|find|look|publish|draft|hi|hello|hey|thanks?|help)\b/i.test(
    text.trim(),
  );
}

/** The lines of the agent's memory, which deepagents puts into the system message. */
function memoryIn(system: string): string[] {
  const memory = /<agent_memory>([\s\S]*?)<\/agent_memory>/.exec(system)?.[1] ?? "";
  return memory.split("\n").flatMap((line) => /^\s*- (.+)$/.exec(line)?.[1] ?? []);
}

/** What was found in the memory for this request, a line each, without where it stands. */
function recalledIn(recalled: string): string[] {
  return recalled.split("\n").flatMap((line) => /^- \/memories\/(?!past\/)\S+ \([\d-]+\): (.+)$/.exec(line)?.[1] ?? []);
}

/** The last line of a file that was read; undefined if there is no such file, or nothing in it. */
function lastLine(read: string): string | undefined {
  if (/^error/i.test(read) || /is empty|empty contents/i.test(read)) return undefined;
  return read
    .split("\n")
    .map((line) => line.replace(LINE_NUMBER, ""))
    .findLast((line) => line.trim() !== "");
}
