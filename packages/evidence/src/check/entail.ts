import { PassageIndex } from "../search/passages.js";
import { checkCitations } from "./check.js";
import type { Entailment, EntailmentPassage } from "./entailment.js";
import { measuresOf } from "./measures.js";
import { findQuotation, fold } from "./quotes.js";
import { countCitations } from "./rate.js";
import { splitSentences } from "./sentences.js";
import type { SourceText } from "./source.js";
import type { CheckedSentence, EvidenceSpan, Verdict, Verification } from "./verification.js";
import { worst } from "./worst.js";

/** Questions to the model at the same time. */
const AT_ONCE = 4;
/** After as many failures one after the other the model is not asked any more: each may take a minute. */
const MOST_FAILURES = 3;
/** Passages of a source that the model sees beside those that the check by text rests on. */
const MOST_PASSAGES = 5;

/** Words of a quote on which a verdict can rest: one or two stand in every text. */
const FEWEST_WORDS = 3;

/** What came of one claim and one text. */
export interface Borne {
  readonly holds: boolean;
  /** Why no model has judged it where one was to: then it is the verdict of the text. */
  readonly notJudged?: string;
}

/**
 * Whether a text bears each sentence of a claim out, as the check of a draft with a model would have it.
 * Throws what `signal` was aborted with.
 */
export async function bearsOut(
  claim: string,
  reference: string,
  o: { judge: Entailment; signal: AbortSignal },
): Promise<Borne> {
  const source = { id: "S1", title: "", uri: "", text: reference };
  const said = claim.replace(/\[[^\]]*\]/g, " ").replace(/\s+/g, " ");
  const cited = splitSentences(said).map(
    ({ start, end }) => `${said.slice(start, end).replace(/[\s.!?]+$/, "")} [S1].`,
  );
  const failures: unknown[] = [];
  const judge: Entailment = async (question) => {
    try {
      return await o.judge(question);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  const report = await entail(checkCitations(cited.join(" "), [source]), [source], { judge, signal: o.signal });
  const { sentences } = report;
  const holds = sentences.length > 0 && sentences.every(({ verdict }) => verdict === "supported");
  const [failure] = failures;
  if (failure === undefined) return { holds };
  return { holds, notJudged: failure instanceof Error ? failure.message : String(failure) };
}

/** One statement of one sentence, and one of the sources that it cites. */
interface Question {
  readonly sentence: number;
  readonly citation: number;
  readonly claim: string;
  /** It cites others, too, which may say the rest. */
  readonly isJoint: boolean;
  readonly source: SourceText;
  readonly passages: readonly EntailmentPassage[];
}

/**
 * Has a model judge the citations that a check by text has left to judgement, and gives the report with its verdicts. What code has found out
 * stands: a figure, date, name or quotation that the source does not have, a negation, an unknown or unreadable source. Where it is a matter of
 * wording the model decides, up and down, but for a verdict whose quote is not in the passages. Of a model that fails the verdicts by text stay,
 * and the report says so.
 * @param verification by text, of the draft that it names
 * @param sources those that it was checked against
 */
export async function entail(
  verification: Verification,
  sources: readonly SourceText[],
  o: { judge: Entailment; signal: AbortSignal },
): Promise<Verification> {
  const questions = questionsOf(verification, sources);
  const answers = new Map<Question, { verdict: Verdict; span?: EvidenceSpan }>();
  const failures: unknown[] = [];
  let inARow = 0;
  const waiting = [...questions];
  const work = async (): Promise<void> => {
    for (let question = waiting.shift(); question && inARow < MOST_FAILURES; question = waiting.shift()) {
      try {
        const answer = await o.judge({ claim: question.claim, passages: question.passages, signal: o.signal });
        inARow = 0;
        const confirmed = confirm(question, answer);
        if (confirmed) answers.set(question, confirmed);
      } catch (error) {
        o.signal.throwIfAborted();
        inARow++;
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const report = withAnswers(verification, questions, answers);
  const [failure] = failures;
  if (failure === undefined) return report;
  const why = failure instanceof Error ? failure.message : String(failure);
  const message = `The model did not judge ${questions.length - answers.size} of ${questions.length} statements, which stay text-matched. ${why}`;
  return { ...report, problems: [...report.problems, { code: "model_failed", message }] };
}

function questionsOf({ sentences }: Verification, sources: readonly SourceText[]): Question[] {
  const byId = new Map(sources.map((source) => [source.id, source]));
  const indexes = new Map<string, PassageIndex>();
  const questions: Question[] = [];
  for (const [sentence, { claims, citations, checks, spans }] of sentences.entries()) {
    for (const [citation, { id, verdict }] of citations.entries()) {
      const source = byId.get(id);
      const isSettled = checks.some((check) => check.id === id && !check.passed && check.kind !== "overlap");
      if (source === undefined || verdict === "unreachable" || isSettled) continue;
      const index = indexes.get(id) ?? new PassageIndex([source]);
      indexes.set(id, index);
      for (const { text: claim, ids } of claims) {
        if (!ids.includes(id)) continue;
        const passages = passagesFor(claim, id, spans, index);
        questions.push({ sentence, citation, claim, isJoint: ids.length > 1, source, passages });
      }
    }
  }
  return questions;
}

/** Where the check by text has found it, and what a search for it finds; each stretch once, in the source's order. */
function passagesFor(
  claim: string,
  id: string,
  spans: readonly EvidenceSpan[],
  index: PassageIndex,
): EntailmentPassage[] {
  const own = spans.filter((span) => span.id === id).map(({ start, end, quote }) => ({ start, end, text: quote }));
  const found = index.search(claim, MOST_PASSAGES).map(({ start, end, text }) => ({ start, end, text }));
  const others = own.filter((span) => !found.some(({ start, end }) => start <= span.start && span.end <= end));
  return [...found, ...others].sort((a, b) => a.start - b.start);
}

/** What the model says, as far as its quote stands in a passage; that something is not there needs none. */
function confirm(
  { source, passages }: Question,
  { verdict, quote }: Awaited<ReturnType<Entailment>>,
): { verdict: Verdict; span?: EvidenceSpan } | undefined {
  if (verdict === "not_found") return { verdict };
  if (quote === undefined || quote.trim().split(/\s+/).length < FEWEST_WORDS) return undefined;
  for (const passage of passages) {
    const match = findQuotation({ start: 0, end: quote.length, pieces: [quote] }, fold(passage.text));
    if (match.kind !== "verbatim") continue;
    const start = passage.start + match.span.start;
    const end = passage.start + match.span.end;
    return { verdict, span: { id: source.id, start, end, quote: source.text.slice(start, end) } };
  }
  return undefined;
}

/** A citation has the worst verdict of the statements that it stands for; what was not answered has the verdict by text. */
function withAnswers(
  verification: Verification,
  questions: readonly Question[],
  answers: ReadonlyMap<Question, { verdict: Verdict; span?: EvidenceSpan }>,
): Verification {
  const sentences: CheckedSentence[] = verification.sentences.map((sentence, at) => {
    const own = [...answers].filter(([question]) => question.sentence === at);
    if (own.length === 0) return sentence;
    const citations = sentence.citations.map(({ id, verdict }, i) => {
      const answered = own.filter(([question]) => question.citation === i);
      if (answered.length === 0) return { id, verdict };
      const asked = questions.filter((question) => question.sentence === at && question.citation === i);
      const verdicts = answered.map(([{ isJoint }, answer]) =>
        isJoint && answer.verdict === "partial" ? verdict : answer.verdict,
      );
      return { id, verdict: worst(answered.length < asked.length ? [...verdicts, verdict] : verdicts) };
    });
    const spans = [...sentence.spans, ...own.flatMap(([, { span }]) => span ?? [])];
    const verdict = worst(citations.map((citation) => citation.verdict));
    return { ...sentence, citations, spans, verdict, method: "model" };
  });
  const method = sentences.some((sentence) => sentence.method === "model") ? "model" : verification.method;
  const { coverage } = verification;
  const citations = countCitations(sentences);
  return { ...verification, method, sentences, citations, measures: measuresOf({ sentences, coverage }) };
}
