/** What is judged of one question: for each document how relevant it is; 0 and less is not. */
export type Judgements = ReadonlyMap<string, number>;

/** The three measures of a ranking, each 0-1. */
export interface Measures {
  ndcg10: number;
  recall100: number;
  mrr10: number;
}

/**
 * Measures one ranking as trec_eval 9 does (`ndcg_cut.10`, `recall.100`, `recip_rank` of the first ten):
 *
 *   nDCG@10     sum of grade / log2(rank + 1) over the first ten, by that of the ten best judged documents in their best order
 *   recall@100  relevant documents among the first hundred, by all relevant ones
 *   MRR@10      1 / rank of the first relevant document among the first ten, 0 if there is none
 *
 * The gain is the grade itself, not a power of it (Järvelin and Kekäläinen 2002); a document without a judgement is not relevant.
 */
export function measure(ranked: readonly string[], judgements: Judgements): Measures {
  const gains = ranked.map((document) => Math.max(0, judgements.get(document) ?? 0));
  const relevant = [...judgements.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  const ideal = discounted(relevant.slice(0, 10));
  const first = gains.slice(0, 10).findIndex((gain) => gain > 0);
  return {
    ndcg10: ideal === 0 ? 0 : discounted(gains.slice(0, 10)) / ideal,
    recall100: relevant.length === 0 ? 0 : gains.slice(0, 100).filter((gain) => gain > 0).length / relevant.length,
    mrr10: first < 0 ? 0 : 1 / (first + 1),
  };
}

/** The mean over questions; one that found nothing counts as 0. */
export function meanOf(all: readonly Measures[]): Measures {
  const mean = (of: (measures: Measures) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / Math.max(1, all.length);
  return { ndcg10: mean((m) => m.ndcg10), recall100: mean((m) => m.recall100), mrr10: mean((m) => m.mrr10) };
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
}
