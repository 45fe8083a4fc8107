import { entail } from "../check/entail.js";
import type { Entailment } from "../check/entailment.js";
import { failedCheck } from "../check/failed.js";
import type { SourceText } from "../check/source.js";
import type { Verification } from "../check/verification.js";
import { EvidenceError, type EvidenceErrorCode } from "../errors.js";
import type { Mended, Rewordings } from "../repair/mend.js";
import { fenced } from "../report/quiet.js";
import type { ReportSource } from "../report/source-item.js";
import type { CitationStyleName } from "../report/styles/index.js";
import type { Styled } from "../style/apply.js";
import type { Guide } from "../style/guide.js";
import { Threads } from "./threads.js";

/** What a draft's thread is given, and what it says. */
export type DraftJob =
  | { kind: "check"; draft: string; sources: SourceText[] }
  | { kind: "style"; draft: string; guide: GuideText }
  | {
      kind: "mend";
      draft: string;
      sources: SourceText[];
      verification: Verification;
      rewordings?: Rewordings;
      /** After so long what does not hold is removed, and nothing is tried in its place. */
      tryingMs: number;
    }
  | { kind: "quiet"; draft: string }
  | { kind: "render"; draft: string; sources: readonly ReportSource[]; citations?: CitationStyleName };
export type DraftAnswer =
  | { kind: "style"; styled: StyledDraft }
  | { kind: "check"; verification: Verification }
  | { kind: "mend"; mended: Mended }
  | { kind: "render"; report: string }
  | { kind: "quiet"; draft: string }
  | { kind: "failed"; code: EvidenceErrorCode; message: string };

/** A style guide that is still to be read. */
interface GuideText {
  name: string;
  text: string;
}

/** What came of a draft, and of the guide. */
export interface StyledDraft extends Styled {
  guide: Guide;
}

/** Of reading one draft, for all of its threads. */
const LIMITS = { seconds: 30, memory: 1_024 };
const threads = new Threads<DraftJob, DraftAnswer>(workerFile(), LIMITS);

/**
 * {@link checkCitations} in another thread: a long draft takes seconds, and one that nests or marks up beyond all reason for ever; meanwhile the
 * process goes on.
 * @throws EvidenceError `timed_out`, `invalid_input` for a draft that cannot be read, `check_failed` if the thread was ended
 */
export async function checkDraft(
  draft: string,
  sources: SourceText[],
  { seconds = LIMITS.seconds } = {},
): Promise<Verification> {
  const answer = await work({ kind: "check", draft, sources }, seconds);
  if (answer.kind === "check") return answer.verification;
  throw refusalOf(answer);
}

/**
 * {@link checkDraft}, where the draft must not be lost: a check that fails is a report too, of the code `check_failed`, and passes nowhere.
 * @param o.judge decides what code leaves to judgement, see {@link entail}; absent where no model can
 * @param o.signal gives the judging up
 */
export async function reportOn(
  draft: string,
  sources: SourceText[],
  o: { seconds?: number; judge?: Entailment; signal?: AbortSignal } = {},
): Promise<Verification> {
  const byText = await textReport(draft, sources, o);
  if (o.judge === undefined) return byText;
  return await entail(byText, sources, { judge: o.judge, signal: o.signal ?? new AbortController().signal });
}

async function textReport(draft: string, sources: SourceText[], o: { seconds?: number }): Promise<Verification> {
  try {
    return await checkDraft(draft, sources, o);
  } catch (error) {
    if (error instanceof EvidenceError) return failedCheck(draft, error.message);
    throw error;
  }
}

/** The part of a thread's time in which it looks for something better than to remove a sentence: many that fail take minutes. */
const TRYING = 0.5;

/**
 * {@link mend} in the same way.
 * @throws EvidenceError `timed_out`, `invalid_input`, `check_failed`
 */
export async function mendDraft(
  draft: string,
  sources: SourceText[],
  verification: Verification,
  rewordings?: Rewordings,
  { seconds = LIMITS.seconds } = {},
): Promise<Mended> {
  const tryingMs = TRYING * seconds * 1_000;
  const answer = await work({ kind: "mend", draft, sources, verification, rewordings, tryingMs }, seconds);
  if (answer.kind === "mend") return answer.mended;
  throw refusalOf(answer);
}

/**
 * {@link renderReport} in the same way, or in a citation format {@link renderStyled}.
 * @throws EvidenceError `timed_out`, `invalid_input`, `unknown_source`, `check_failed`
 */
export async function renderDraft(
  draft: string,
  sources: readonly ReportSource[],
  { seconds = LIMITS.seconds, citations }: { seconds?: number; citations?: CitationStyleName } = {},
): Promise<string> {
  const answer = await work({ kind: "render", draft, sources, citations }, seconds);
  if (answer.kind === "render") return answer.report;
  throw refusalOf(answer);
}

/** {@link quietDraft} in the same way; a draft that cannot be read is a block of code. */
export async function quiet(draft: string, { seconds = LIMITS.seconds } = {}): Promise<string> {
  try {
    const answer = await work({ kind: "quiet", draft }, seconds);
    if (answer.kind === "quiet") return answer.draft;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
  }
  return fenced(draft);
}

/**
 * {@link applyGuide} in the same way.
 * @throws EvidenceError `timed_out`, `invalid_input` for a guide or a draft that cannot be read
 */
export async function styleDraft(
  draft: string,
  guide: GuideText,
  { seconds = LIMITS.seconds } = {},
): Promise<StyledDraft> {
  const answer = await work({ kind: "style", draft, guide }, seconds);
  if (answer.kind === "style") return answer.styled;
  throw refusalOf(answer);
}

async function work(job: DraftJob, seconds: number): Promise<DraftAnswer> {
  try {
    return await threads.do(job, seconds);
  } catch (cause) {
    if (nameOf(cause) === "AbortError") {
      throw new EvidenceError("timed_out", tooSlow(job, seconds), { cause });
    }
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY") {
      throw new EvidenceError("invalid_input", unreadable(`that takes more than ${LIMITS.memory} MiB`), { cause });
    }
    const message = `The draft could not be worked on (${messageOf(cause)}); it is as it was: try again.`;
    throw new EvidenceError("check_failed", message, { cause });
  }
}

function tooSlow({ kind }: DraftJob, seconds: number): string {
  return kind === "mend"
    ? `The draft cannot be mended in ${seconds} s, too much of it does not hold; it is as it was: mend it in parts, or write it anew.`
    : unreadable(`that takes more than ${seconds} s`);
}

/** What a person is told of a draft that no parser gets through. */
export function unreadable(why: string): string {
  return `The draft cannot be read as Markdown (${why}): make it shorter, or nest and mark up less in it.`;
}

function refusalOf(answer: DraftAnswer): EvidenceError {
  if (answer.kind === "failed") return new EvidenceError(answer.code, answer.message);
  return new EvidenceError("invalid_input", unreadable("its thread has answered something else"));
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/thread/worker.js", here) : new URL("./worker.js", here);
}
