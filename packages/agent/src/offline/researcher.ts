import { z } from "zod";
import { queryOf } from "../taint/search-query.js";
import type { Conversation, Turn } from "./conversation.js";
import { findDisagreements } from "./disagreement.js";
import { type Notes, writeNotes } from "./notes.js";
import { coversRequest, echoesOf, isAbout, rankFindings } from "./relevance.js";
import { noticesOf, sentencesOf } from "./sentences.js";

const Hits = z.object({ results: z.array(z.object({ source: z.string(), offset: z.number() })) });
const Read = z.object({
  source: z.string(),
  title: z.string(),
  uri: z.string(),
  offset: z.number(),
  chars: z.number(),
});
const Page = z.union([
  Read.extend({ text: z.string() }),
  // Where agents read claims only, their quotations are all that there is of a page.
  Read.extend({ claims: z.array(z.object({ quote: z.string() })) }).transform(({ claims, ...page }) => ({
    ...page,
    text: claims.map(({ quote }) => quote).join("\n\n"),
  })),
]);
type Page = z.infer<typeof Page>;

/** What one call of `read_source` returns at most; a passage beyond it is read from its own page. */
const PAGE_CHARS = 16_000;
const MOST_PAGES = { whole: 30, part: 8 };
const MOST_FINDINGS = { whole: 30, part: 12 };
/** Claims that one researcher records: the best of what it found, and what differs; with what other sources say in nearly the same words. */
const MOST_CLAIMS = 24;
const MOST_WITH_ECHOES = 40;

/** A researcher's task, as the main agent words it and the researcher reads it back. */
export function researchTask(o: {
  request: string;
  question: string;
  angle: string;
  isWhole: boolean;
  articles: readonly string[];
  notes: string;
}): string {
  return [
    `Question: ${o.question}`,
    `Request: ${o.request.replace(/\s+/g, " ").trim()}`,
    `Angle: ${o.angle}`,
    ...(o.isWhole ? [] : ["Scope: this part only"]),
    ...(o.articles.length > 0 ? [`Choir articles to read too: ${o.articles.join(", ")}`] : []),
    `Notes: ${o.notes}`,
    "Search the sources, read each one that bears on the request, record what they claim, and write notes to that file: for each source the " +
      "sentences worth citing with its id, then the figures that differ between sources. Say in your answer whether the evidence is enough.",
  ].join("\n");
}

/** Search, read what was found in parallel, write notes, report. */
export function research(conversation: Conversation): Turn {
  const task = parseTask(conversation.request);
  const found = conversation.answers("search");
  if (found.length === 0) {
    const queries = task.isWhole ? [task.request, `${task.request} ${task.angle}`] : [`${task.angle} ${task.request}`];
    const limit = task.isWhole ? 20 : MOST_PAGES.part;
    return {
      text: `I search the sources for: ${task.angle}.`,
      calls: queries.map((query, index) =>
        conversation.call(`search${index + 1}`, "web_search", { query: queryOf(query), limit }),
      ),
    };
  }
  const pages = conversation.answers("read").flatMap((answer) => parseOr(Page, answer.text));
  const wanted = pagesWanted(
    found.flatMap((answer) => parseOr(Hits, answer.text)).flatMap((hits) => hits.results),
    task,
  );
  if (conversation.answers("read").length === 0 && wanted.length > 0) {
    return {
      text: `I read ${wanted.length} passages.`,
      calls: wanted.map((page, index) => conversation.call(`read${index + 1}`, "read_source", page)),
    };
  }
  const sources = readSources(pages).filter((source) => isAbout(task.request, source.text));
  const enough = coversRequest(
    task.request,
    sources.map((source) => source.text),
  );
  const findings = rankFindings(task, sources, MOST_FINDINGS[size(task)]);
  if (!enough || findings.length === 0) {
    return { text: `EVIDENCE: not enough. None of the ${pages.length} passages read answers the request.`, calls: [] };
  }
  const titles = new Map(sources.map((source) => [source.id, source.title]));
  const everything = sources.flatMap((source) =>
    source.sentences.map((sentence) => ({ source: source.id, text: sentence.text })),
  );
  const notes = {
    sources: sources.map((source) => ({ ...source, notices: noticesOf(source.text) })),
    findings,
    disagreements: findDisagreements(everything, titles, 8),
  };
  if (conversation.answer("notes") === undefined) {
    const content = writeNotes(task.angle, notes);
    const claims = claimsIn(task.question, notes, sources);
    return {
      text: "I write down what I found.",
      calls: [
        ...(claims.length === 0 ? [] : [conversation.call("claims", "record_claims", { claims })]),
        conversation.call("notes", "write_file", { file_path: task.notes, content }),
      ],
    };
  }
  return {
    text:
      `EVIDENCE: enough. ${findings.length} findings from ${new Set(findings.map((finding) => finding.source)).size} sources, ` +
      `${notes.disagreements.length} pairs of figures that differ. Notes: ${task.notes}`,
    calls: [],
  };
}

interface SourceText {
  readonly id: string;
  readonly title: string;
  readonly uri: string;
  readonly text: string;
  readonly sentences: ReturnType<typeof sentencesOf>;
}

interface Task {
  readonly request: string;
  readonly question: string;
  readonly angle: string;
  readonly isWhole: boolean;
  readonly articles: readonly string[];
  readonly notes: string;
}

function size({ isWhole }: Task): "whole" | "part" {
  return isWhole ? "whole" : "part";
}

/** The sentences that differ between sources, and the best findings, as claims: those that stand in their source exactly so. */
function claimsIn(question: string, notes: Notes, sources: readonly SourceText[]) {
  const texts = new Map(sources.map(({ id, text }) => [id, text.replace(/\s+/g, " ")]));
  const best = [
    ...notes.disagreements.flatMap(({ first, second }) => [first, second]),
    ...notes.findings.flatMap(({ source, sentences }) => sentences.map((text) => ({ source, text }))),
  ].filter(({ source, text }) => texts.get(source)?.includes(text));
  const distinct = [...new Map(best.map((one) => [one.text, one])).values()].slice(0, MOST_CLAIMS);
  const said = [...distinct, ...echoesOf(distinct, sources)].filter(({ source, text }) =>
    texts.get(source)?.includes(text),
  );
  const claims = new Map(
    said.map(({ source, text }) => [`${source} ${text}`, { text, question, support: [{ source, quote: text }] }]),
  );
  return [...claims.values()].slice(0, MOST_WITH_ECHOES);
}

function parseTask(text: string): Task {
  const field = (name: string): string => new RegExp(`^${name}: (.+)$`, "m").exec(text)?.[1]?.trim() ?? "";
  return {
    request: field("Request") || text,
    question: field("Question") || field("Request") || text.slice(0, 200),
    isWhole: field("Scope") === "",
    angle: field("Angle"),
    articles: field("Choir articles to read too")
      .split(/,\s*/)
      .filter((uri) => uri.startsWith("choir:")),
    notes: field("Notes") || "/workspace/notes.md",
  };
}

function pagesWanted(
  hits: readonly { source: string; offset: number }[],
  task: Task,
): { source: string; offset: number }[] {
  const wanted = new Map<string, { source: string; offset: number }>();
  for (const source of task.articles) wanted.set(`${source} 0`, { source, offset: 0 });
  for (const hit of hits) {
    const offset = Math.floor(hit.offset / PAGE_CHARS) * PAGE_CHARS;
    for (const start of new Set([0, offset]))
      wanted.set(`${hit.source} ${start}`, { source: hit.source, offset: start });
  }
  return [...wanted.values()].slice(0, MOST_PAGES[size(task)]);
}

/** The pages of each source in their order, as one text. */
function readSources(pages: readonly Page[]): SourceText[] {
  const bySource = new Map<string, Page[]>();
  for (const page of pages) bySource.set(page.source, [...(bySource.get(page.source) ?? []), page]);
  return [...bySource].map(([id, parts]) => {
    const text = parts
      .sort((a, b) => a.offset - b.offset)
      .map((part) => part.text)
      .join("\n\n");
    return { id, title: parts[0]?.title ?? id, uri: parts[0]?.uri ?? "", text, sentences: sentencesOf(text) };
  });
}

/** What a tool returned, or nothing where it returned an error. */
function parseOr<T>(schema: z.ZodType<T>, text: string): T[] {
  try {
    return [schema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
