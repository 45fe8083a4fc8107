import { z } from "zod";
import { FindingClaim, FindingSource, Hypothesis } from "./claim.js";
import { type Findings, findingsOf } from "./findings.js";
import { lastReading } from "./weight.js";

/** A source as a file has it: when it was read, and the date that its text gives itself where it was published without one. */
const FiledSource = FindingSource.extend({ fetchedAt: z.string().optional(), dateInText: z.string().optional() });

/** A claim with the words behind it, or with the ids of the file's passages in which they stand. */
const FiledClaim = FindingClaim.partial({ support: true }).extend({ passages: z.array(z.string()).min(1).optional() });

/** Claims and sources in a file: written by hand for this, or the `evidence.json` of a run. */
export const FindingsFile = z
  .object({
    claims: z.array(FiledClaim),
    sources: z.array(FiledSource),
    passages: z.array(z.object({ id: z.string(), source: z.string(), text: z.string() })).default([]),
    questions: z.array(z.string()).default([]),
    hypotheses: z.array(Hypothesis).default([]),
  })
  .transform(({ claims, passages, ...file }, context) => {
    const places = new Map(passages.map(({ id, source, text }) => [id, { source, quote: text }]));
    const placed = claims.map(({ support = [], passages: ids = [], ...claim }, index) => {
      const missing = ids.filter((id) => !places.has(id));
      if (missing.length === 0 && support.length + ids.length > 0)
        return { ...claim, support: [...support, ...ids.flatMap((id) => places.get(id) ?? [])] };
      const message =
        missing.length === 0 ? "has no words of a source" : `names ${missing[0]}, which is no passage of it`;
      context.addIssue({ code: "custom", path: ["claims", index], message });
      return z.NEVER;
    });
    return { ...file, claims: placed };
  });
export type FindingsFile = z.output<typeof FindingsFile>;

/** What the claims of a file come to. Sources age by when the last of them was read, as in the run; where no reading is told, until now. */
export function findingsInFile({ sources, ...file }: FindingsFile): Findings {
  const dated = sources.map((source) => ({ ...source, date: source.date ?? source.dateInText }));
  return findingsOf({ ...file, sources: dated, now: lastReading(sources) ?? Date.now() });
}
