/** Passages of the first answer that are taken at their word, at most; one of twenty articles in a small collection. */
const MOST_PASSAGES = 8;
const LEAST_SHARE = 20;

/** Words of theirs that are asked for. */
const STEMS = 50;

/**
 * What those count in all: so much for each word of the question after the first three, and at most. A long question describes what it is about,
 * and other words describe that too; a short one is a name, often, and what has another name is not meant.
 */
const SHARE_OF_WORD = 0.04;
const WORDS_OF_NAME = 3;
const MOST_SHARE = 0.4;

/** How many of the first answers {@link withFeedback} is to be given. */
export function feedbackPassages(articles: number): number {
  return Math.min(MOST_PASSAGES, Math.ceil(articles / LEAST_SHARE));
}

/** A passage of the first answer: how good an answer it is, and how much it says each of its stems, 0 and more. */
export interface Feedback {
  score: number;
  stems: ReadonlyMap<number, number>;
}

/**
 * The question with the words that its best answers have in common, so that it finds more of what it means. Relevance models (Lavrenko and Croft 2001, their third form), with BM25's saturation in place of
 * the share of the text, so that a short passage does not outshout the others.
 */
export function withFeedback(asked: ReadonlyMap<number, number>, answers: readonly Feedback[]): Map<number, number> {
  const share = Math.min(MOST_SHARE, SHARE_OF_WORD * Math.max(0, asked.size - WORDS_OF_NAME));
  if (share === 0) return new Map(asked);
  const total = sum(answers.map(({ score }) => score));
  const said = new Map<number, number>();
  for (const { score, stems } of answers) {
    for (const [stem, weight] of stems) said.set(stem, (said.get(stem) ?? 0) + (score / total) * weight);
  }
  const most = [...said].sort(([a, weightA], [b, weightB]) => weightB - weightA || a - b).slice(0, STEMS);
  const question = sum([...asked.values()]);
  const answer = sum(most.map(([, weight]) => weight));
  const all = new Map([...asked].map(([stem, weight]) => [stem, ((1 - share) * weight) / question]));
  for (const [stem, weight] of most) all.set(stem, (all.get(stem) ?? 0) + (share * weight) / answer);
  return all;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
