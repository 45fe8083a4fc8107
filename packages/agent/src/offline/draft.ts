import type { Quoted } from "./disagreement.js";
import type { Settled } from "./findings.js";
import type { NotedSource, Notes } from "./notes.js";
import { INTRODUCTION, UNDECIDED } from "./own-words.js";
import type { Finding } from "./relevance.js";
import { groupByTheme } from "./themes.js";
import { contentStems, jaccard } from "./words.js";

const MOST_FINDINGS = 30;
const MOST_THEMES = 6;
const MOST_DISAGREEMENTS = 6;

/**
 * An extractive report over notes: a summary, findings grouped by theme, where the sources disagree, earlier Choir work, limits. Every
 * sentence that states something is a source's own and carries its id. Sentences in `dropped` (as `sameWords` compares them) stay out.
 */
export function composeDraft(
  request: string,
  notes: Notes,
  o: {
    readonly dropped: ReadonlySet<string>;
    readonly conflicts: readonly Settled[];
    /** Questions that no good source answers. */
    readonly gaps: readonly string[];
  },
): string {
  const { dropped } = o;
  const kept = notes.findings
    .map((finding) => ({ ...finding, sentences: finding.sentences.filter((said) => !isDropped(said, dropped)) }))
    .filter((finding) => finding.sentences.length > 0);
  const earlier = new Set(notes.sources.filter((source) => source.uri.startsWith("choir:")).map((source) => source.id));
  const own = kept.filter((finding) => !earlier.has(finding.source)).slice(0, MOST_FINDINGS);
  const titles = new Map(notes.sources.map((source) => [source.id, source.title]));
  const lead = leading(own);
  const themes = groupByTheme(
    request,
    titles,
    own.filter((finding) => !lead.includes(finding)),
    MOST_THEMES,
  );
  const sections = [`# ${titleOf(request)}`, INTRODUCTION.join(" ")];
  if (lead.length > 0)
    sections.push(
      section(
        "In short",
        lead.map((finding) => bullet(finding, titles)),
      ),
    );
  for (const theme of themes) sections.push(section(theme.name, bySource(theme.findings, titles)));
  const pairs = o.conflicts
    .filter(
      ({ first, second }) => ![first, second].some((said) => isDropped(said.text, dropped) || earlier.has(said.source)),
    )
    .slice(0, MOST_DISAGREEMENTS);
  if (pairs.length > 0) {
    sections.push(
      section("Where the sources disagree", [
        ...pairs.map(({ first, second, note }) =>
          `- ${quoted(first, titles)} ${quoted(second, titles)} ${note}`.trim(),
        ),
      ]),
      UNDECIDED,
    );
  }
  const past = kept.filter((finding) => earlier.has(finding.source));
  if (past.length > 0) sections.push(section("Earlier articles in the Choir knowledge base", previous(past, titles)));
  if (o.gaps.length > 0)
    sections.push(
      section(
        "What is missing",
        o.gaps.map((gap) => `- ${escapeMarkdown(gap)}`),
      ),
    );
  sections.push(section("Limits", limits(notes.sources, dropped)));
  return `${sections.join("\n\n")}\n`;
}

/** A request as a title: without the words that ask for work. */
export function titleOf(request: string): string {
  const line = (request.split("\n")[0] ?? "").trim().replace(/[.?!\s]+$/, "");
  const bare = line.replace(
    /^(?:please\s+)?(?:(?:do|write|make|give|prepare|produce|create)\s+(?:me\s+|us\s+)?(?:an?\s+|the\s+|some\s+)?)?(?:(?:short|brief|detailed|full)\s+)?(?:research|investigate|analy[sz]e|explain|describe|summari[sz]e|study|explore|examine|report|overview|summary|review)\s+(?:(?:on|about|of|into|over|for)\s+)?(?:the\s+)?/i,
    "",
  );
  const title = bare.length >= 8 ? bare : line;
  const short = title.length <= 110 ? title : `${title.slice(0, 110).replace(/\s+\S*$/, "")}…`;
  return short.slice(0, 1).toUpperCase() + short.slice(1);
}

/** A sentence reduced to its letters and digits, so that the checker's spelling of it can be found again. */
export function sameWords(sentence: string): string {
  return sentence
    .replace(/\[S\d+\]/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

function isDropped(sentence: string, dropped: ReadonlySet<string>): boolean {
  const plain = sameWords(sentence);
  return [...dropped].some((other) => other.includes(plain));
}

/** The best finding with a figure of each of the four best sources. */
function leading(findings: readonly Finding[]): Finding[] {
  const lead: Finding[] = [];
  for (const finding of findings.filter(({ sentences }) =>
    /\d/.test(sentences.join(" ").replace(/\b[A-Za-z]+\d+\b/g, "")),
  )) {
    if (lead.length < 4 && lead.every((other) => other.source !== finding.source)) lead.push(finding);
  }
  return findings.length > 8 ? lead : [];
}

/** At most three findings of each earlier article, and none that says what another one says. */
function previous(findings: readonly Finding[], titles: ReadonlyMap<string, string>): string[] {
  const chosen: Finding[] = [];
  for (const finding of findings) {
    const stems = new Set(contentStems(finding.sentences.join(" ")));
    const repeats = chosen.some((other) => jaccard(new Set(contentStems(other.sentences.join(" "))), stems) > 0.6);
    if (!repeats && chosen.filter((other) => other.source === finding.source).length < 3) chosen.push(finding);
  }
  return chosen.map((finding) => bullet(finding, titles));
}

function limits(sources: readonly NotedSource[], dropped: ReadonlySet<string>): string[] {
  const lines = [
    "- Nothing outside the sources listed below was consulted, and nothing in them was tested.",
    "- A sentence that stands in a source may still be wrong, out of date or taken out of its context; read the source before relying on it.",
  ];
  const noticed = sources.flatMap((source) => source.notices.map((text) => ({ source: source.id, text })));
  const shown = noticed.find((notice) => !isDropped(notice.text, dropped));
  if (shown !== undefined) {
    const others =
      new Set(noticed.map((notice) => notice.source)).size > 1 ? " Other sources carry notices of the same kind." : "";
    lines.push(`- One source says of itself: ${cited(shown.text, shown.source)}${others}`);
  }
  return lines;
}

function section(heading: string, lines: readonly string[]): string {
  return `## ${heading}\n\n${lines.join("\n")}`;
}

/** One item for each source, in the order of its best finding. */
function bySource(findings: readonly Finding[], titles: ReadonlyMap<string, string>): string[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const known = merged.get(finding.source);
    merged.set(
      finding.source,
      known === undefined ? finding : { ...known, sentences: [...known.sentences, ...finding.sentences] },
    );
  }
  return [...merged.values()].map((finding) => bullet(finding, titles));
}

function bullet(finding: Finding, titles: ReadonlyMap<string, string>): string {
  const said = finding.sentences.map((sentence) => cited(sentence, finding.source)).join(" ");
  return `- ${label(finding.source, titles)} ${said}`;
}

function quoted(said: Quoted, titles: ReadonlyMap<string, string>): string {
  return `${label(said.source, titles)} ${cited(said.text, said.source)}`;
}

/** The source's title as a sentence of its own: what it says is not a part of what is cited. */
function label(source: string, titles: ReadonlyMap<string, string>): string {
  const title = escapeMarkdown(titles.get(source) ?? source);
  return /[.!?…]$/.test(title) ? `*${title}*` : `*${title}.*`;
}

/** The id stands before the full stop, so that it belongs to its sentence whoever cuts the text. */
export function cited(sentence: string, source: string): string {
  const end = /([.!])$/.exec(sentence)?.[1];
  const text = escapeMarkdown(end === undefined ? sentence : sentence.slice(0, -1));
  return `${text} [${source}]${end ?? "."}`;
}

/** Marks that Markdown would take for emphasis, code, links or markup. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<]/g, "\\$&");
}
