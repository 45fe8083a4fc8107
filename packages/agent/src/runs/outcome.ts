import { join } from "node:path";
import { type GateDecision, gate, quiet, renderDraft, type Verification } from "@vibewriter/evidence";
import type { Publication } from "../publishing/publications.js";
import type { StageCost } from "../research/stage-cost.js";
import { oneLine, visibleText } from "../sanitize.js";
import type { ToolContext } from "../tools/context.js";
import { FIRST_TURN, type RunRecord, type RunResult } from "./record.js";

/** What a run came to, and what there is to lay into its folder. */
export interface Outcome {
  readonly result: RunResult;
  readonly report?: { readonly name: "report.md" | "draft.md"; readonly markdown: string };
  /** The check of its draft, and what the gate says to it. */
  readonly check?: { readonly verification: Verification; readonly decision: GateDecision };
  /** What the report was rendered from, as it was checked. */
  readonly draft?: string;
}

const LONGEST_ANSWER = 32_000;

/** Reads the outcome off what was recorded; what the model says about itself decides nothing. */
export async function outcomeOf(
  record: RunRecord,
  context: Pick<ToolContext, "publications" | "verifications" | "sources">,
  o: Pick<RunRecord, "isolation" | "sandbox"> & {
    lastWords: string;
    durationMs: number;
    stages?: readonly StageCost[];
  },
): Promise<Outcome> {
  const publication = await context.publications.get();
  // A later turn may ask for no report; then the one that there is stands.
  const isLater = record.kind === "chat" || record.work !== FIRST_TURN;
  const standing = isReported(publication) || !isLater ? publication : await lastReport(context);
  const draftSha256 =
    standing.article?.draftSha256 ??
    standing.declined?.draftSha256 ??
    (isLater ? undefined : (await context.verifications.all()).at(-1)?.draftSha256);
  const verification = draftSha256 === undefined ? undefined : await context.verifications.report(draftSha256);
  const draft = draftSha256 === undefined ? undefined : await context.verifications.draft(draftSha256);
  const sources = await context.sources.list();
  const ending = endingOf(record, publication, { lastWords: o.lastWords, isLater });
  const isReport = isReported(standing);
  const report =
    draft === undefined
      ? undefined
      : isReport
        ? { name: "report.md" as const, markdown: await renderDraft(draft, sources) }
        : { name: "draft.md" as const, markdown: await quiet(draft) };
  const { article } = standing;
  return {
    report,
    check:
      verification === undefined || draft === undefined
        ? undefined
        : { verification, decision: gate(verification, draft) },
    draft,
    result: {
      runId: record.runId,
      agentId: record.agentId,
      ...ending,
      report: report === undefined ? null : join(record.folder, report.name),
      article:
        article === undefined ? null : { id: article.id, title: article.title, noveltyScore: article.noveltyScore },
      sources: sources.map(({ id, uri, sha256, changedSince }) => ({
        ...{ id, uri, sha256 },
        ...(changedSince === undefined ? {} : { changedSince: changedSince.fetchedAt }),
      })),
      citations: {
        total: 0,
        supported: 0,
        rate: 0,
        ...verification?.citations,
        method: verification?.method ?? "lexical",
      },
      cited: standing.citations.filter((citation) => citation.recorded).map((citation) => citation.articleId),
      isolation: o.isolation,
      ...(o.isolation === "remote" ? { sandbox: o.sandbox } : {}),
      model: record.model,
      durationMs: o.durationMs,
      ...(o.stages === undefined || o.stages.length === 0 ? {} : { stages: [...o.stages] }),
    },
  };
}

function isReported({ article, declined }: Publication): boolean {
  return article !== undefined || declined !== undefined;
}

async function lastReport(context: Pick<ToolContext, "publications">): Promise<Publication> {
  return (await context.publications.earlier()).find(isReported) ?? { citations: [] };
}

function endingOf(
  record: RunRecord,
  publication: Publication,
  o: { lastWords: string; isLater: boolean },
): Pick<RunResult, "status" | "error" | "message" | "answer"> {
  const answer = visibleText(o.lastWords).trim().slice(0, LONGEST_ANSWER);
  const said = o.isLater && answer !== "" ? { answer } : {};
  if (publication.article !== undefined) return { status: "done", ...said };
  if (publication.declined !== undefined && record.replays !== undefined) {
    const message = `The report of ${record.replays} was written and checked again, from what that run had read; nothing was published.`;
    return { ...said, status: "done", message };
  }
  if (publication.declined !== undefined) {
    const words = publication.declined.message === "" ? "" : ` (“${publication.declined.message}”)`;
    return {
      ...said,
      status: "done",
      message: `The report was written and checked. Publishing was declined${words}, so nothing was published.`,
    };
  }
  if (record.stopped?.reason === "not_enough_evidence") {
    const message = `Not enough evidence: ${record.stopped.explanation} Nothing was published; add sources that bear on the request.`;
    return { ...said, status: "failed", error: { code: "not_enough_evidence", message } };
  }
  if (o.isLater && record.stopped === undefined && answer !== "") return { status: "done", answer };
  const why = record.stopped?.explanation ?? (oneLine(o.lastWords, 600) || "The agent ended without a word.");
  return { status: "failed", error: { code: "not_published", message: `Nothing was published. ${why}` } };
}
