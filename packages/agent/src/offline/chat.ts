import { z } from "zod";
import type { Todo } from "../runs/todo.js";
import { queryOf } from "../taint/search-query.js";
import { direct } from "./chief.js";
import type { Conversation, Turn } from "./conversation.js";
import { cited } from "./draft.js";
import { factIn, remember, told } from "./memory.js";
import { coversRequest, isAbout, rankFindings } from "./relevance.js";
import { sentencesOf } from "./sentences.js";
import { readSummary } from "./summary.js";

const WHAT_IT_IS =
  "I am Vibewriter's offline model: I have no knowledge and no language of my own. I answer with sentences of the sources you give me, keep what you " +
  "ask me to remember, keep a plan, and write a report when you ask for one.";
const NO_ANSWER =
  "None of my sources says anything about that, so I do not know. I only choose sentences of sources; give me something to read with --sources.";

const Hits = z.object({ results: z.array(z.object({ source: z.string(), offset: z.number() })) });
const Articles = z.array(z.object({ article_id: z.string(), similarity: z.number() }));
const Page = z.object({ source: z.string(), title: z.string(), text: z.string() });

const MOST_PAGES = 2;
const MOST_SENTENCES = 3;
const MOST_TOLD = 5;
const PAGE_CHARS = 16_000;

/** The next step in a standing conversation: remembers, recalls, plans, reports when asked to, and else answers from the sources. */
export function chat(conversation: Conversation): Turn {
  const said = lastSaid(conversation);
  const fact = factIn(said);
  if (fact !== undefined) return remember(conversation, fact);
  const topic =
    /^(?:what (?:do you remember|did i (?:tell|say|ask)|have i told)|do you remember|remind me)\b([\s\S]*)$/i.exec(
      said,
    )?.[1];
  if (topic !== undefined) return { text: recall(conversation, topic), calls: [] };
  if (/\bplan\b|\bstep \d+\b/i.test(said)) {
    const turn = plan(conversation, said);
    if (turn !== undefined) return turn;
  }
  if (
    /^(?:please\s+)?(?:research|(?:write|make|prepare|draft|publish)\b.*\b(?:report|article|draft|it))\b/i.test(said)
  ) {
    return direct(conversation, { publishes: /\bpublish/i.test(said) });
  }
  if (/^(?:hi|hello|hey|help|thanks?|thank you|who are you|what (?:are|can) you)\b/i.test(said))
    return { text: WHAT_IT_IS, calls: [] };
  return answer(conversation, said);
}

/** What the person said last, if need be as the summary has kept it. */
function lastSaid(conversation: Conversation): string {
  return (conversation.said.at(-1) ?? readSummary(conversation.summary).last).trim();
}

function recall(conversation: Conversation, topic: string): string {
  const facts = told(conversation, topic.replace(/\b(?:you|me|about|tell|told|remember)\b/gi, " "));
  if (facts.length === 0) return "I find nothing that you told me about that.";
  return `You told me:\n${facts
    .slice(-MOST_TOLD)
    .map((fact) => `- “${fact}”`)
    .join("\n")}`;
}

/** Sets the plan, ticks a step off, or says what it is; undefined if the words ask for none of these. */
function plan(conversation: Conversation, said: string): Turn | undefined {
  const items = /\bplan\b[^:]{0,40}:\s*([\s\S]+)$/i.exec(said)?.[1];
  if (items !== undefined) {
    const steps = items.split(/\n|;|,\s*then\s+/).map((step) => step.replace(/^\s*(?:[-*]|\d+[.)])\s*/, "").trim());
    const todos = steps.filter((step) => step !== "").map((content) => ({ content, status: "pending" as const }));
    return write(conversation, todos, `The plan has ${todos.length} steps.`);
  }
  const now = conversation.plan ?? [];
  const done = /\bstep (\d+)\b[^?]*\bdone\b|\bdone\b[^?]*\bstep (\d+)\b/i.exec(said);
  const step = Number(done?.[1] ?? done?.[2] ?? 0);
  if (now[step - 1] !== undefined) {
    const todos = now.map((todo, index) => (index === step - 1 ? { ...todo, status: "completed" as const } : todo));
    return write(conversation, todos, `Step ${step} is done.`);
  }
  if (!/\?\s*$|^(?:show|tell)\b/i.test(said)) return undefined;
  return { text: now.length === 0 ? "There is no plan yet." : `The plan:\n${lines(now)}`, calls: [] };
}

function write(conversation: Conversation, todos: readonly Todo[], text: string): Turn {
  if (conversation.answer("plan") !== undefined) return { text: `${text}\n${lines(todos)}`, calls: [] };
  return { text: "", calls: [conversation.call("plan", "write_todos", { todos })] };
}

function lines(todos: readonly Todo[]): string {
  const words = { pending: "open", in_progress: "under way", completed: "done" };
  return todos.map(({ content, status }, index) => `${index + 1}. ${content} (${words[status]})`).join("\n");
}

/** Looks into the sources and the knowledge base, reads what is nearest, and answers with sentences that stand there. */
function answer(conversation: Conversation, question: string): Turn {
  const found = conversation.answer("search");
  const read = conversation.answers("read");
  if (found === undefined && read.length === 0) {
    const query = queryOf(question);
    return {
      text: "",
      calls: [
        conversation.call("search", "web_search", { query, limit: 6 }),
        conversation.call("kb", "search_choir_kb", { query, limit: 2 }),
      ],
    };
  }
  const wanted = pagesWanted(found?.text ?? "", conversation.answer("kb")?.text ?? "");
  if (wanted.length > 0 && read.length === 0) {
    const calls = wanted.map((page, index) => conversation.call(`read${index + 1}`, "read_source", page));
    return { text: "", calls };
  }
  const sources = read
    .flatMap(({ text }) => parsed(Page, text))
    .map((page) => ({ id: page.source, title: page.title, text: page.text, sentences: sentencesOf(page.text) }))
    .filter((page) => isAbout(question, page.text));
  const texts = sources.map(({ text }) => text);
  const findings = coversRequest(question, texts)
    ? rankFindings({ request: question, angle: "" }, sources, MOST_SENTENCES)
    : [];
  const facts = told(conversation, question).slice(-MOST_TOLD);
  const said = [
    ...findings.map(({ source, sentences }) => `- ${sentences.map((sentence) => cited(sentence, source)).join(" ")}`),
    ...facts.map((fact) => `- You told me: “${fact}”`),
  ];
  return { text: said.length === 0 ? NO_ANSWER : said.join("\n"), calls: [] };
}

/** The pages that the best passages stand on, and the nearest article. */
function pagesWanted(hits: string, articles: string): { source: string; offset: number }[] {
  const wanted = new Map<string, { source: string; offset: number }>();
  for (const { source, offset } of parsed(Hits, hits).flatMap(({ results }) => results)) {
    const start = Math.floor(offset / PAGE_CHARS) * PAGE_CHARS;
    wanted.set(`${source} ${start}`, { source, offset: start });
  }
  const near = parsed(Articles, articles)
    .flat()
    .filter(({ similarity }) => similarity > 0.3);
  const pages = [...wanted.values()].slice(0, MOST_PAGES);
  return [...pages, ...near.slice(0, 1).map(({ article_id }) => ({ source: `choir:${article_id}`, offset: 0 }))];
}

function parsed<T>(schema: z.ZodType<T>, text: string): T[] {
  try {
    return [schema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
