import { parentPort } from "node:worker_threads";
import { checkCitations } from "../check/check.js";
import { EvidenceError } from "../errors.js";
import { mend } from "../repair/mend.js";
import { quietDraft } from "../report/quiet.js";
import { renderReport } from "../report/render.js";
import { renderStyled } from "../report/styled.js";
import { applyGuide } from "../style/apply.js";
import { parseGuide } from "../style/guide.js";
import { type DraftAnswer, type DraftJob, unreadable } from "./draft-thread.js";

/** A thread of drafts: it does what it is given and says what came of it, one after the other. */
parentPort?.on("message", (job: DraftJob) => parentPort?.postMessage(answerTo(job)));

function answerTo(job: DraftJob): DraftAnswer {
  try {
    if (job.kind === "render") return { kind: "render", report: rendered(job) };
    if (job.kind === "quiet") return { kind: "quiet", draft: quietDraft(job.draft) };
    if (job.kind === "style") {
      const guide = parseGuide(job.guide.text, job.guide.name);
      return { kind: "style", styled: { ...applyGuide(job.draft, guide), guide } };
    }
    if (job.kind === "mend") {
      const { draft, sources, verification, rewordings, tryingMs } = job;
      const start = performance.now();
      const mayTry = () => performance.now() - start < tryingMs;
      return { kind: "mend", mended: mend(draft, sources, verification, { rewordings, mayTry }) };
    }
    return { kind: "check", verification: checkCitations(job.draft, job.sources) };
  } catch (error) {
    if (error instanceof EvidenceError) return { kind: "failed", code: error.code, message: error.message };
    // The parser's own: too deep for the stack.
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "failed", code: "invalid_input", message: unreadable(why) };
  }
}

function rendered({ draft, sources, citations }: Extract<DraftJob, { kind: "render" }>): string {
  return citations === undefined ? renderReport(draft, sources) : renderStyled(draft, sources, citations);
}
