import { entail, reportOn, type SourceText, type Verification } from "@vibewriter/evidence";
import type { RunSources } from "../sources/run-sources.js";
import type { Judges } from "./judges.js";

/** What a check of a draft stands on. */
export interface CheckParts {
  readonly sources: Pick<RunSources, "texts">;
  /** Absent where no model judges. */
  readonly judges?: Judges;
}

/**
 * The host's check of a draft, the one that counts: by text, and, where there is a model that can judge, by it as far as code leaves it to
 * judgement. A check that fails is a report too, and passes nowhere.
 */
export async function checkDraft(parts: CheckParts, draft: string, signal?: AbortSignal): Promise<Verification> {
  return await checkAgainst(await parts.sources.texts(), parts.judges, draft, signal);
}

/** The same against sources that are at hand. */
export async function checkAgainst(
  sources: SourceText[],
  judges: Judges | undefined,
  draft: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Verification> {
  const byText = await reportOn(draft, sources);
  if (judges === undefined) return byText;
  return await entail(byText, sources, { judge: judges.entail, signal });
}
