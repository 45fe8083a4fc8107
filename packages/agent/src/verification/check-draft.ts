import { reportOn, type Verification } from "@vibewriter/evidence";
import type { RunSources } from "../sources/run-sources.js";
import type { Judges } from "./judges.js";

/** What a check of a draft stands on. */
export interface CheckParts {
  readonly sources: Pick<RunSources, "texts" | "unreachable">;
  /** Absent where no model judges. */
  readonly judges?: Judges;
}

/** The host's check of a draft against the run's sources, the one that counts. A check that fails is a report too, and passes nowhere. */
export async function checkDraft(parts: CheckParts, draft: string, signal?: AbortSignal): Promise<Verification> {
  const sources = [...(await parts.sources.texts()), ...(await parts.sources.unreachable())];
  return await reportOn(draft, sources, { judge: parts.judges?.entail, signal });
}
