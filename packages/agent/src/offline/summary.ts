import { oneLine } from "../sanitize.js";

const LONGEST_LINE = 300;
const MOST_SAID = 60;
const MOST_FOUND = 12;
const SAID = "The person said:";
const FOUND = "Found:";
const LAST = "The person said last:";

/** What the text of a summary holds. */
export interface Summary {
  /** The last words of the person that it covers. */
  readonly last: string;
  /** What the person stated, word for word, the oldest first. */
  readonly said: readonly string[];
}

const CONVERSATION = /Conversation to summarize:\n([\s\S]*?)\n+Summary:\s*$/;

/** Whether a text asks for a summary of a conversation. */
export function isSummaryTask(text: string): boolean {
  return CONVERSATION.test(text);
}

/**
 * A summary by choosing, not by wording: what the person stated, word for word, what was answered with a source, and what the person said last. A
 * summary within the conversation is taken over.
 */
export function summarize(task: string): string {
  const messages = messagesOf(CONVERSATION.exec(task)?.[1] ?? "");
  const said: string[] = [];
  const found: string[] = [];
  let last = "";
  for (const { role, text } of messages) {
    if (role === "Human" && text.includes("<summary>")) {
      const before = readSummary(text);
      said.push(...before.said);
      found.push(...listUnder(text, FOUND));
      last = before.last || last;
    } else if (role === "Human" && !text.startsWith("<plan-edited>")) {
      last = oneLine(text, 1_000);
      if (!/\?\s*$/.test(text)) said.push(oneLine(text, LONGEST_LINE));
    } else if (role === "AI") {
      const sentences = text.split("\n").filter((line) => /\[S\d+\]/.test(line) && !line.includes('[{"'));
      found.push(...sentences.map((line) => oneLine(line.replace(/^- /, ""), LONGEST_LINE)));
    }
  }
  return [
    `${LAST} ${last}`,
    SAID,
    ...newest(said, MOST_SAID).map((line) => `- ${line}`),
    FOUND,
    ...newest(found, MOST_FOUND).map((line) => `- ${line}`),
  ].join("\n");
}

/** Reads a summary of this kind back; what another model has summarized is read as far as it looks alike. */
export function readSummary(text: string): Summary {
  const last = text
    .split("\n")
    .find((line) => line.startsWith(LAST))
    ?.slice(LAST.length)
    .trim();
  return { last: last ?? "", said: listUnder(text, SAID) };
}

function listUnder(text: string, heading: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => !line.startsWith("- "));
  return (end < 0 ? after : after.slice(0, end)).map((line) => line.slice(2));
}

/** Each line once, the newest of them. */
function newest(lines: readonly string[], most: number): string[] {
  return [...new Set(lines)].slice(-most);
}

function messagesOf(conversation: string): { role: string; text: string }[] {
  const messages: { role: string; text: string }[] = [];
  for (const line of conversation.split("\n")) {
    const [, role, text] = /^(Human|AI|Tool|System): (.*)$/.exec(line) ?? [];
    const current = messages.at(-1);
    if (role !== undefined && text !== undefined) messages.push({ role, text });
    else if (current !== undefined) current.text += `\n${line}`;
  }
  return messages;
}
