/** Passages of the first answer that are taken at their word, words of theirs that are asked for, and what those count in all. */
export const FEEDBACK_PASSAGES = 8;
const STEMS = 50;
const SHARE = 0.1;

/** A passage of the first answer: how good an answer it is, and how much it says each of its stems, 0 and more. */
export interface Feedback {
  score: number;
  stems: ReadonlyMap<number, number>;
}

/**
 * The question with the words that its best answers have in common: a question that is short or misspelt finds more of what it means, and
 * one that is not loses nothing. Relevance models (Lavrenko and Croft 2001, their third form), with BM25's saturation in place of
 * the share of the text, so that a short passage does not outshout the others.
 */
export function withFeedback(asked: ReadonlyMap<number, number>, answers: readonly Feedback[]): Map<number, number> {
  const total = sum(answers.map(({ score }) => score));
  const said = new Map<number, number>();
  for (const { score, stems } of answers) {
    for (const [stem, weight] of stems) said.set(stem, (said.get(stem) ?? 0) + (score / total) * weight);
  }
  const most = [...said].sort(([a, weightA], [b, weightB]) => weightB - weightA || a - b).slice(0, STEMS);
  const question = sum([...asked.values()]);
  const answer = sum(most.map(([, weight]) => weight));
  const all = new Map([...asked].map(([stem, weight]) => [stem, ((1 - SHARE) * weight) / question]));
  for (const [stem, weight] of most) all.set(stem, (all.get(stem) ?? 0) + (SHARE * weight) / answer);
  return all;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
