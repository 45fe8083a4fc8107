import { z } from "zod";
import type { Conversation, Turn } from "./conversation.js";
import { findDisagreements } from "./disagreement.js";
import { writeNotes } from "./notes.js";
import { coversRequest, isAbout, rankFindings } from "./relevance.js";
import { noticesOf, sentencesOf } from "./sentences.js";

const Hits = z.object({ results: z.array(z.object({ source: z.string(), offset: z.number() })) });
const Page = z.object({
  source: z.string(),
  title: z.string(),
  uri: z.string(),
  offset: z.number(),
  chars: z.number(),
  text: z.string(),
});
type Page = z.infer<typeof Page>;

/** What one call of `read_source` returns at most; a passage beyond it is read from its own page. */
const PAGE_CHARS = 16_000;
const MOST_PAGES = 30;
const MOST_FINDINGS = 30;

/** A researcher's task, as the main agent words it and the researcher reads it back. */
export function researchTask(o: {
  request: string;
  angle: string;
  articles: readonly string[];
  notes: string;
}): string {
  return [
    `Request: ${o.request.replace(/\s+/g, " ").trim()}`,
    `Angle: ${o.angle}`,
    ...(o.articles.length > 0 ? [`Choir articles to read too: ${o.articles.join(", ")}`] : []),
    `Notes: ${o.notes}`,
    "Search the sources, read each one that bears on the request, and write notes to that file: for each source the sentences worth " +
      "citing with its id, then the figures that differ between sources. Say in your answer whether the evidence is enough.",
  ].join("\n");
}

/** Search, read what was found in parallel, write notes, report. */
export function research(conversation: Conversation): Turn {
  const task = parseTask(conversation.request);
  const found = conversation.answers("search");
  if (found.length === 0) {
    const queries = [task.request, `${task.request} ${task.angle}`];
    return {
      text: `I search the sources for: ${task.angle}.`,
      calls: queries.map((query, index) => conversation.call(`search${index + 1}`, "web_search", { query, limit: 20 })),
    };
  }
  const pages = conversation.answers("read").flatMap((answer) => parseOr(Page, answer.text));
  const wanted = pagesWanted(
    found.flatMap((answer) => parseOr(Hits, answer.text)).flatMap((hits) => hits.results),
    task.articles,
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
  const findings = rankFindings(task, sources, MOST_FINDINGS);
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
    return {
      text: "I write down what I found.",
      calls: [conversation.call("notes", "write_file", { file_path: task.notes, content })],
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

function parseTask(text: string): { request: string; angle: string; articles: string[]; notes: string } {
  const field = (name: string): string => new RegExp(`^${name}: (.+)$`, "m").exec(text)?.[1]?.trim() ?? "";
  return {
    request: field("Request") || text,
    angle: field("Angle"),
    articles: field("Choir articles to read too")
      .split(/,\s*/)
      .filter((uri) => uri.startsWith("choir:")),
    notes: field("Notes") || "/workspace/notes.md",
  };
}

function pagesWanted(
  hits: readonly { source: string; offset: number }[],
  articles: readonly string[],
): { source: string; offset: number }[] {
  const wanted = new Map<string, { source: string; offset: number }>();
  for (const source of articles) wanted.set(`${source} 0`, { source, offset: 0 });
  for (const hit of hits) {
    const offset = Math.floor(hit.offset / PAGE_CHARS) * PAGE_CHARS;
    for (const start of new Set([0, offset]))
      wanted.set(`${hit.source} ${start}`, { source: hit.source, offset: start });
  }
  return [...wanted.values()].slice(0, MOST_PAGES);
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
