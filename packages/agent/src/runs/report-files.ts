import { articleTitle, type Choir, ChoirError } from "@vibewriter/choir";
import {
  bibtexOf,
  type CitationStyleName,
  citedItems,
  cslJsonOf,
  EvidenceError,
  type ReportSource,
  renderDraft,
  type StyledDraft,
  styleDraft,
} from "@vibewriter/evidence";
import { AgentError } from "../errors.js";
import { oneLine } from "../sanitize.js";
import type { RunSources } from "../sources/run-sources.js";
import { type Outcome, outcomeOf } from "./outcome.js";
import type { DriveParts } from "./parts.js";
import type { RunRecord } from "./record.js";
import type { ReportFormat, ReportStyle, ReportWish } from "./report-wish.js";
import { standingContext } from "./standing.js";

/** Makes the report of a run in another form than it was published in, from the draft that was checked. */
export class ReportFiles {
  readonly #parts: Pick<DriveParts, "backbone" | "verifications" | "publications" | "seal" | "runs" | "choir">;

  constructor(parts: Pick<DriveParts, "backbone" | "verifications" | "publications" | "seal" | "runs" | "choir">) {
    this.#parts = parts;
  }

  /**
   * The file of a run's report, or of the draft that it did not publish.
   * @throws AgentError `run_not_found`, `no_report`; EvidenceError for a guide or a draft that cannot be used; ChoirError `export_failed`
   */
  async make(runId: string, format: ReportFormat, style: ReportStyle): Promise<Uint8Array> {
    const record = await this.#parts.runs.get(runId);
    const context = await standingContext(this.#parts, record);
    const { isolation, sandbox, activeMs: durationMs } = record;
    const outcome = await outcomeOf(record, context, { isolation, sandbox, lastWords: "", durationMs });
    const { draft } = outcome;
    if (draft === undefined) {
      throw new AgentError("no_report", `Run ${runId} has no report: follow it with vibewriter runs ${runId}.`);
    }
    const sources = await context.sources.list();
    return await reportFile(this.#parts.choir, { ...outcome, draft, record, sources, style }, format);
  }
}

/** What a file of a report is made of. */
export interface ReportParts extends Pick<Outcome, "report" | "check"> {
  /** As it was checked, with ids. */
  readonly draft: string;
  readonly record: RunRecord;
  readonly sources: readonly ReportSource[];
  readonly style: ReportStyle;
}

/**
 * A file of a report. A guide changes its form before the citations are rendered; what that may change is held against the draft, so that
 * what was checked still stands.
 * @throws EvidenceError, ChoirError `export_failed`
 */
export async function reportFile(choir: Choir, o: ReportParts, format: ReportFormat): Promise<Uint8Array> {
  const sources = await Promise.all(o.sources.map((source) => withAuthor(choir, source)));
  if (format === "csl-json") return Buffer.from(cslJsonOf(citedItems(o.draft, sources)));
  if (format === "bibtex") return Buffer.from(bibtexOf(citedItems(o.draft, sources)));
  const { guide, citations } = o.style;
  const styled = guide === undefined ? undefined : await styleDraft(o.draft, guide);
  const chosen = citations ?? styled?.guide.citations ?? "numbered";
  const name: CitationStyleName | undefined = chosen === "numbered" ? undefined : chosen;
  const markdown = await renderDraft(styled?.text ?? o.draft, sources, { citations: name });
  if (format === "markdown") return Buffer.from(markdown);
  const { record } = o;
  const title = oneLine(articleTitle(markdown) ?? record.request, 300);
  const notice =
    o.report?.name === "draft.md" ? { text: "A draft that was not published.", label: "Draft" } : undefined;
  const facts = {
    ...{ title, author: record.author, language: record.details.language, tags: record.details.tags ?? [] },
    ...{ date: record.finishedAt ?? record.createdAt, lines: linesOf(o, styled), notice },
  };
  return await choir.exportText({ ...facts, markdown }, format);
}

/** The files that a run was asked to lay out beside its report. One that cannot be made is told, and keeps nobody from the report. */
export async function filesOf(
  parts: Pick<DriveParts, "backbone" | "choir">,
  record: RunRecord,
  { outcome, sources }: { outcome: Outcome; sources: RunSources },
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const { formats, ...style }: ReportWish = record.report ?? { formats: [] };
  const isStyled = style.guide !== undefined || (style.citations ?? "numbered") !== "numbered";
  const { draft } = outcome;
  if (draft === undefined || (!isStyled && formats.length === 0)) return [];
  const wishes: [string, ReportFormat][] = [
    ["styled.md", "markdown"],
    ...formats.map((format): [string, ReportFormat] => [`report.${format}`, format]),
    ["references.json", "csl-json"],
  ];
  const of = { ...outcome, draft, record, sources: await sources.list(), style };
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const [name, format] of isStyled ? wishes : wishes.slice(1)) {
    try {
      files.push({ name, bytes: await reportFile(parts.choir, of, format) });
    } catch (error) {
      if (!(error instanceof ChoirError || error instanceof EvidenceError)) throw error;
      const data = { level: "warn", text: `${name} was not made. ${error.message}` };
      await parts.backbone.events.append(record.runId, "log", data, { id: `export.${name}.${record.drives}` });
    }
  }
  return files;
}

function linesOf({ record, check, style }: ReportParts, styled: StyledDraft | undefined): string[] {
  const verification = check?.verification;
  const checked = verification?.citations;
  const how = verification?.method === "model" ? "judged by a model" : "text-matched";
  return [
    oneLine(record.author, 100),
    `Finished ${(record.finishedAt ?? record.createdAt).slice(0, 10)}`,
    ...(checked === undefined
      ? []
      : [`${checked.supported} of ${checked.total} citations supported by their sources, ${how}`]),
    ...(verification === undefined ? [] : [`Checked draft sha256 ${verification.draftSha256}`]),
    ...(style.guide === undefined ? [] : [`Formatted after the guide ${oneLine(style.guide.name, 80)}`]),
    ...(styled?.undone ?? []).map(({ name }) => `Not formatted: ${name}, which would have changed what is said`),
    `Run ${record.runId}`,
  ];
}

/** An article's author and date are known to the knowledge base. */
async function withAuthor(choir: Choir, source: ReportSource): Promise<ReportSource> {
  const id = /^choir:([0-9a-f]{24})$/.exec(source.uri)?.[1];
  if (id === undefined) return source;
  try {
    const { author, createdAt } = await choir.get(id);
    return { ...source, author, date: createdAt };
  } catch (error) {
    // One that this knowledge base has no more is cited by its title, as it was read.
    if (error instanceof ChoirError && error.code === "unknown_article") return source;
    throw error;
  }
}
