import type { Disagreement } from "./disagreement.js";
import type { Finding } from "./relevance.js";

/** What a researcher found, as it writes it to a file and the main agent reads it. */
export interface Notes {
  readonly sources: readonly NotedSource[];
  readonly findings: readonly Finding[];
  readonly disagreements: readonly Disagreement[];
}

export interface NotedSource {
  readonly id: string;
  readonly title: string;
  readonly uri: string;
  /** What the source says about itself that a reader must know. */
  readonly notices: readonly string[];
}

const SOURCE = /^## \[(S\d+)\] (.*) <([^<>]*)>$/;
const NOTICE = /^> (.+)$/;
const FINDING = /^- (\d+\.\d+) \[(S\d+)\] \{([^{}]*)\} (.+)$/;
const DISAGREEMENT = /^- (\d+\.\d+) \[(S\d+)\] (.+) \| \[(S\d+)\] (.+)$/;
const BETWEEN = " / ";

/** Notes as Markdown that a person can read too. */
export function writeNotes(question: string, notes: Notes): string {
  const lines = [`# Notes: ${question}`, ""];
  for (const source of notes.sources) {
    lines.push(`## [${source.id}] ${source.title} <${source.uri}>`, ...source.notices.map((notice) => `> ${notice}`));
    for (const finding of notes.findings.filter((other) => other.source === source.id)) {
      const heading = finding.heading.replace(/[{}]/g, "");
      lines.push(`- ${finding.score.toFixed(3)} [${finding.source}] {${heading}} ${finding.sentences.join(BETWEEN)}`);
    }
    lines.push("");
  }
  if (notes.disagreements.length > 0) lines.push("## Figures that differ");
  for (const { first, second, score } of notes.disagreements) {
    lines.push(`- ${score.toFixed(3)} [${first.source}] ${first.text} | [${second.source}] ${second.text}`);
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Some sandboxes of deepagents number the lines that `read_file` gives. */
const LINE_NUMBER = /^ *\d+\t/;

/** Reads notes back. Lines it does not know, such as those that `read_file` adds, are passed over. */
export function readNotes(text: string): Notes {
  const sources: (NotedSource & { notices: string[] })[] = [];
  const findings: Finding[] = [];
  const disagreements: Disagreement[] = [];
  for (const numbered of text.split("\n")) {
    const line = numbered.replace(LINE_NUMBER, "");
    const source = SOURCE.exec(line);
    const notice = NOTICE.exec(line);
    const finding = FINDING.exec(line);
    const pair = DISAGREEMENT.exec(line);
    if (source) {
      const [, id = "", title = "", uri = ""] = source;
      sources.push({ id, title, uri, notices: [] });
    } else if (notice?.[1] !== undefined) {
      sources.at(-1)?.notices.push(notice[1]);
    } else if (finding) {
      const [, score = "", id = "", heading = "", said = ""] = finding;
      findings.push({ source: id, heading, sentences: said.split(BETWEEN), score: Number(score) });
    } else if (pair) {
      const [, score = "", a = "", first = "", b = "", second = ""] = pair;
      disagreements.push({
        first: { source: a, text: first },
        second: { source: b, text: second },
        score: Number(score),
      });
    }
  }
  return { sources, findings, disagreements };
}

/** The notes of several researchers as one: each source, finding and pair once, the best first. */
export function mergeNotes(all: readonly Notes[]): Notes {
  const sources = new Map<string, NotedSource>();
  const findings = new Map<string, Finding>();
  const disagreements = new Map<string, Disagreement>();
  for (const notes of all) {
    for (const source of notes.sources) sources.set(source.id, source);
    for (const finding of notes.findings) {
      const key = finding.sentences.join(BETWEEN);
      const known = findings.get(key);
      if (known === undefined || known.score < finding.score) findings.set(key, finding);
    }
    for (const pair of notes.disagreements) disagreements.set(`${pair.first.text} | ${pair.second.text}`, pair);
  }
  return {
    sources: [...sources.values()].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true })),
    findings: [...findings.values()].sort((a, b) => b.score - a.score),
    disagreements: [...disagreements.values()].sort((a, b) => b.score - a.score),
  };
}
