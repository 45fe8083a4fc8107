/** What a report without a model says of itself, at its beginning. */
export const INTRODUCTION = [
  "This report was put together by Vibewriter without a language model.",
  "The findings are sentences of the sources, word for word, chosen and grouped by how closely they bear on the request; each one carries the source that it was taken from.",
] as const;

/** Under what sources disagree about. */
export const UNDECIDED =
  "Different dates, samples or definitions may explain a difference; the report does not decide which figure is right.";

/** What explains a disagreement, by how it was settled. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  time: "They speak of different times.",
  newer: "The sources are of different times.",
  source: "The sources are of different kinds.",
};

const OWN = new Set<string>([...INTRODUCTION, UNDECIDED, ...Object.values(EXPLAINED)]);

/** Whether a sentence of an earlier report is about that report: it is no finding of another one. */
export function isOwnWords(sentence: string): boolean {
  return OWN.has(sentence);
}
