import type { EvidenceSpan, Verdict, Verification } from "../check/verification.js";
import type { Hypothesis } from "../findings/claim.js";
import { dateIn } from "../findings/weight.js";
import type { RecordedClaim } from "./claim.js";
import type { Source } from "./source.js";

/** A stretch of a source's text on which a claim or a citation rests; `text` stands in the source at `start` to `end`, letter by letter. */
interface EvidencePassage {
  /** `S3.2`: the second such passage of `S3`, in the order of the text. */
  id: string;
  source: string;
  start: number;
  end: number;
  text: string;
}

/** What a run rests on, as one file: its sources, the passages in them that bear something out, its claims, and the verdicts on its draft. */
export interface EvidenceFile {
  runId: string;
  /** `dateInText`: what a source's text says in its first lines, where the source gives no date. */
  sources: (Source & { dateInText?: string })[];
  passages: EvidencePassage[];
  /** What its researchers were sent to find out. */
  questions: string[];
  hypotheses: Hypothesis[];
  claims: (Omit<RecordedClaim, "support"> & { passages: string[] })[];
  /** One for each citation of the draft. */
  verdicts: {
    sentence: string;
    source: string;
    verdict: Verdict;
    method: Verification["method"];
    passages: string[];
  }[];
}

type Place = Pick<EvidenceSpan, "id" | "start" | "end" | "quote">;

/**
 * Puts a run's evidence together. Places that are named several times are one passage.
 * @param o.texts of the sources, as far as they are there
 */
export function evidenceFile(o: {
  runId: string;
  sources: readonly Source[];
  texts: readonly { readonly id: string; readonly text: string }[];
  questions: readonly string[];
  hypotheses: readonly Hypothesis[];
  claims: readonly RecordedClaim[];
  verification?: Verification;
}): EvidenceFile {
  const { runId, claims, questions, hypotheses, verification } = o;
  const texts = new Map(o.texts.map(({ id, text }) => [id, text]));
  const sentences = verification?.sentences ?? [];
  const placesOf = ({ support }: RecordedClaim): Place[] =>
    support.map(({ source, ...place }) => ({ id: source, ...place }));
  const passages = numbered([...claims.flatMap(placesOf), ...sentences.flatMap(({ spans }) => spans)]);
  const idsOf = (places: readonly Place[]): string[] => [
    ...new Set(places.flatMap((place) => passages.get(nameOf(place))?.id ?? [])),
  ];
  return {
    runId,
    sources: o.sources.map((source) => {
      const dateInText = source.date === undefined ? dateIn(texts.get(source.id) ?? "") : undefined;
      return dateInText === undefined ? source : { ...source, dateInText };
    }),
    passages: [...passages.values()],
    questions: [...questions],
    hypotheses: [...hypotheses],
    claims: claims.map(({ support, ...claim }) => ({ ...claim, passages: idsOf(placesOf({ support, ...claim })) })),
    verdicts: sentences.flatMap(({ text, citations, method, spans }) =>
      citations.map(({ id, verdict }) => ({
        ...{ sentence: text, source: id, verdict, method },
        passages: idsOf(spans.filter((span) => span.id === id)),
      })),
    ),
  };
}

function numbered(places: readonly Place[]): Map<string, EvidencePassage> {
  const distinct = [...new Map(places.map((place) => [nameOf(place), place])).values()];
  distinct.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)) || a.start - b.start || a.end - b.end);
  const counts = new Map<string, number>();
  return new Map(
    distinct.map((place) => {
      const count = (counts.get(place.id) ?? 0) + 1;
      counts.set(place.id, count);
      const { id: source, start, end, quote: text } = place;
      return [nameOf(place), { id: `${source}.${count}`, source, start, end, text }];
    }),
  );
}

function nameOf({ id, start, end }: Place): string {
  return `${id} ${start} ${end}`;
}
