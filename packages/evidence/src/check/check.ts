import { createHash } from "node:crypto";
import { atomicClaims, subjectMeant } from "../claims/atomic.js";
import { countCoverage, uncitedSentences } from "../claims/coverage.js";
import { claimsOf } from "./claim.js";
import { sentencesInCode } from "./code.js";
import { type Corpus, prepareCorpus } from "./corpus.js";
import { citedIds, type DraftSentence, draftSentences } from "./draft.js";
import { type Finding, failed, shorten } from "./finding.js";
import { type Judgement, judge, mentionsName } from "./judge.js";
import { otherLanguage } from "./language.js";
import { measuresOf } from "./measures.js";
import { unsaidPart } from "./parts.js";
import { countCitations } from "./rate.js";
import { CITATION, type Span } from "./sentences.js";
import type { SourceText } from "./source.js";
import { citesUnread } from "./unread.js";
import { overlapCheck, verdictOf } from "./verdict.js";
import type { Check, CheckedSentence, EvidenceSpan, Problem, Verdict, Verification } from "./verification.js";
import { coverageOf } from "./window.js";
import { worst } from "./worst.js";

/**
 * Holds each citing sentence of a draft against the texts of the sources it cites: quotations, numbers, dates, names,
 * negation and wording. Pure, deterministic, needs no model; the report says "lexical" for that.
 * @param draft Markdown with source ids such as `[S3]`
 * @param sources every source of the run; ids are `S1`, `S2`, …
 */
export function checkCitations(draft: string, sources: SourceText[]): Verification {
  return checkAgainst(draft, prepareCorpus(sources));
}

/** The same against sources that have been taken apart, for many short drafts on the same ones. */
export function checkAgainst(draft: string, corpus: Corpus): Verification {
  const problems: Problem[] = [];
  const checked: CheckedSentence[] = [];
  const all = draftSentences(draft);
  for (const [i, sentence] of all.entries()) {
    const last = all[i - 1];
    const before = last?.block === sentence.block ? last.text.replace(CITATION, "") : undefined;
    const own = checkSentence(sentence, { before, corpus, problems });
    if (own) checked.push(own);
  }
  const bare = [...uncitedSentences(all, corpus), ...uncitedSentences(sentencesInCode(draft), corpus)];
  const unread = new Map(bare.map((sentence) => [sentence, citesUnread(sentence, corpus)]));
  const sentences = inOrder([...checked, ...[...unread.values()].filter((each) => each !== undefined)]);
  const uncited = inOrder(bare.filter((sentence) => unread.get(sentence) === undefined)).map(({ text, span }) => ({
    text,
    span,
  }));
  for (const id of new Set(sentences.flatMap(({ ids }) => ids))) {
    const cited = corpus.sources.get(id);
    const message = cited && otherLanguage(cited);
    if (message !== undefined) problems.push({ code: "other_language", message });
  }
  const citations = countCitations(sentences);
  if (citations.total === 0)
    problems.push({ code: "no_citations", message: "No sentence of the draft cites a source." });
  const coverage = countCoverage({ sentences, uncited });
  return {
    draftSha256: draftHash(draft),
    method: "lexical",
    citations,
    sentences,
    uncited,
    coverage,
    measures: measuresOf({ sentences, coverage }),
    problems,
  };
}

function inOrder<T extends { span: Span }>(sentences: T[]): T[] {
  return sentences.sort((a, b) => a.span.start - b.span.start);
}

/** SHA-256 of a draft's UTF-8 bytes, in hexadecimal. */
export function draftHash(draft: string): string {
  return createHash("sha256").update(draft, "utf8").digest("hex");
}

/** Characters of a sentence that can be checked. The work grows with the square of its length, and no sentence is that long. */
const LONGEST_SENTENCE = 4_000;

/** @param o.before the sentence in front of it in its paragraph */
function checkSentence(
  sentence: DraftSentence,
  o: { before: string | undefined; corpus: Corpus; problems: Problem[] },
): CheckedSentence | undefined {
  const { before, corpus, problems } = o;
  const malformed = malformedCitations(sentence.text);
  const ids = citedIds(sentence.text);
  if (ids.length === 0 && malformed.length === 0) return undefined;
  const verdicts = new Map<string, Verdict>();
  const spans: EvidenceSpan[] = [];
  const checks: Check[] = [];
  const settle = (id: string, verdict: Verdict): void => {
    const before = verdicts.get(id);
    verdicts.set(id, before ? worst([before, verdict]) : verdict);
  };
  for (const marker of malformed) {
    settle(marker, "not_found");
    const message = `${marker} is not a citation that can be checked: write ids as [S1] or [S1, S2].`;
    problems.push({ code: "malformed_citation", message });
    checks.push({ id: marker, kind: "source", passed: false, detail: message });
  }
  const isTooLong = sentence.text.length > LONGEST_SENTENCE;
  if (isTooLong) {
    const detail = `The sentence has more than ${LONGEST_SENTENCE} characters, too many to check: divide it.`;
    checks.push(...ids.map((id): Check => ({ id, kind: "source", passed: false, detail })));
  }
  const claims = ids.length > 0 && !isTooLong ? claimsOf(sentence.text, corpus) : [];
  for (const [i, claim] of claims.entries()) {
    const judgements = new Map<string, Judgement>();
    for (const id of claim.ids) {
      const prepared = corpus.sources.get(id);
      if (!prepared) {
        const message = `There is no source ${id}.`;
        problems.push({ code: "unknown_source", message });
        checks.push({ id, kind: "source", passed: false, detail: message });
        settle(id, "not_found");
      } else if (prepared.source.unreachable !== undefined || prepared.passages.length === 0) {
        const reason = prepared.source.unreachable ?? "It has no text.";
        checks.push({ id, kind: "source", passed: false, detail: `Source ${id} could not be read: ${reason}` });
        settle(id, "unreachable");
      } else judgements.set(id, judge(claim, prepared, corpus));
    }
    const together = [...judgements.values()].flatMap(({ passages }) => passages);
    const read = [...judgements.keys()].flatMap((id) => corpus.sources.get(id) ?? []);
    const unsaid = read.length === 0 ? undefined : unsaidPart(claim, read, corpus);
    const meant = i === 0 && before !== undefined ? subjectMeant(claim.text, before, corpus) : undefined;
    if (meant !== undefined && !read.some((source) => mentionsName(meant, source))) {
      const other = failed("name", meant, false, `The source does not mention ${meant}, of which the sentence speaks.`);
      for (const { findings } of judgements.values()) findings.push(other);
    }
    const jointly = judgements.size > 1 ? coverageOf(claim.keys, together, corpus) : undefined;
    for (const [id, judgement] of judgements) {
      const findings = joined(judgement, [...judgements.values()]);
      const verdict = verdictOf(claim, judgement, findings, jointly);
      settle(id, unsaid === undefined ? verdict : worst([verdict, "partial"]));
      checks.push(
        ...findings.map(({ kind, passed, detail }) => ({ id, kind, passed, detail })),
        overlapCheck(id, claim, judgement, jointly),
      );
      if (unsaid !== undefined) {
        const detail = `The source says nothing like “${shorten(unsaid)}”.`;
        checks.push({ id, kind: "overlap", passed: false, detail });
      }
      const text = corpus.sources.get(id)?.source.text ?? "";
      spans.push(...judgement.spans.map(({ start, end }) => ({ id, start, end, quote: text.slice(start, end) })));
    }
  }
  const citations = [...ids, ...malformed].map((id) => ({ id, verdict: verdicts.get(id) ?? "not_found" }));
  const { text, span } = sentence;
  return {
    text,
    span,
    ids: citations.map((c) => c.id),
    verdict: worst(citations.map((c) => c.verdict)),
    method: "lexical",
    citations,
    claims: claims.flatMap((claim, i) =>
      atomicClaims(claim.text, i === 0 ? before : undefined, corpus).map((each) => ({ text: each, ids: claim.ids })),
    ),
    spans,
    checks,
  };
}

/** Sources cited together bear a claim out together: what one of them says, the others need not. */
function joined(own: Judgement, all: Judgement[]): Finding[] {
  return own.findings.map((finding, i) => {
    if (finding.passed || finding.kind === "negation") return finding;
    const isElsewhere = all.some(
      (other) => other !== own && other.findings[i]?.what === finding.what && other.findings[i]?.passed,
    );
    return isElsewhere
      ? {
          ...finding,
          passed: true,
          contradicts: false,
          detail: `${finding.detail} Another of the sources cited here has it.`,
        }
      : finding;
  });
}

/** Brackets that mean a citation but cannot be read as one, such as [S1-S3] or [Source 3]. */
function malformedCitations(text: string): string[] {
  const rest = text.replace(CITATION, " ");
  return [...new Set(rest.match(/\[(?:[^\]\n]{0,40}[\s,;–-])?S\d+[^\]\n]{0,40}\]|\[source\s*\d+\]/gi) ?? [])];
}
