import { join } from "node:path";
import { renderReport, type Verification } from "@vibewriter/evidence";
import type { Publication } from "../publishing/publications.js";
import { oneLine } from "../sanitize.js";
import type { ToolContext } from "../tools/context.js";
import type { RunRecord, RunResult } from "./record.js";

/** What a run came to, and what there is to lay into its folder. */
export interface Outcome {
  readonly result: RunResult;
  readonly report?: { readonly name: "report.md" | "draft.md"; readonly markdown: string };
  readonly verification?: Verification;
}

/** Reads the outcome off what was recorded; what the model says about itself decides nothing. */
export async function outcomeOf(
  record: RunRecord,
  context: Pick<ToolContext, "publications" | "verifications" | "sources">,
  o: Pick<RunRecord, "isolation" | "sandbox"> & { lastWords: string; durationMs: number },
): Promise<Outcome> {
  const publication = await context.publications.get();
  const draftSha256 =
    publication.article?.draftSha256 ??
    publication.declined?.draftSha256 ??
    (await context.verifications.all()).at(-1)?.draftSha256;
  const verification = draftSha256 === undefined ? undefined : await context.verifications.report(draftSha256);
  const draft = draftSha256 === undefined ? undefined : await context.verifications.draft(draftSha256);
  const sources = await context.sources.list();
  const ending = endingOf(record, publication, o.lastWords);
  const isReport = ending.status === "done";
  const report =
    draft === undefined
      ? undefined
      : isReport
        ? { name: "report.md" as const, markdown: renderReport(draft, sources) }
        : { name: "draft.md" as const, markdown: draft };
  const { article } = publication;
  return {
    report,
    verification,
    result: {
      runId: record.runId,
      agentId: record.agentId,
      ...ending,
      report: report === undefined ? null : join(record.folder, report.name),
      article:
        article === undefined ? null : { id: article.id, title: article.title, noveltyScore: article.noveltyScore },
      sources: sources.map(({ id, uri, sha256 }) => ({ id, uri, sha256 })),
      citations: {
        total: 0,
        supported: 0,
        rate: 0,
        ...verification?.citations,
        method: verification?.method ?? "text",
      },
      cited: publication.citations.filter((citation) => citation.recorded).map((citation) => citation.articleId),
      isolation: o.isolation,
      ...(o.isolation === "remote" ? { sandbox: o.sandbox } : {}),
      model: record.model,
      durationMs: o.durationMs,
    },
  };
}

function endingOf(
  record: RunRecord,
  publication: Publication,
  lastWords: string,
): Pick<RunResult, "status" | "error" | "message"> {
  if (publication.article !== undefined) return { status: "done" };
  if (publication.declined !== undefined) {
    const words = publication.declined.message === "" ? "" : ` (“${publication.declined.message}”)`;
    return {
      status: "done",
      message: `The report was written and checked. Publishing was declined${words}, so nothing was published.`,
    };
  }
  if (record.stopped?.reason === "not_enough_evidence") {
    const message = `Not enough evidence: ${record.stopped.explanation} Nothing was published; add sources that bear on the request.`;
    return { status: "failed", error: { code: "not_enough_evidence", message } };
  }
  const why = record.stopped?.explanation ?? (oneLine(lastWords, 600) || "The agent ended without a word.");
  return { status: "failed", error: { code: "not_published", message: `Nothing was published. ${why}` } };
}
