import { chunkMarkdown } from "../../text/chunk.js";
import { type Embedder, quantize } from "../embedder.js";
import type { IndexQuery, KnowledgeIndex } from "../knowledge-index.js";
import { asQuery, type Speller } from "../question.js";
import { type CollectionQuestion, documentsOf, questionsOf } from "./beir.js";
import { type Measures, meanOf, measure } from "./measures.js";
import { withTypo } from "./typos.js";

/** How well each way of searching answers the questions of a collection. */
export interface Evaluation {
  documents: number;
  questions: number;
  model: string;
  clean: Rankings;
  /** The same questions with one slip each, as `seed` draws them; absent if nobody asked for it. */
  typos?: Rankings & { seed: number };
}

export interface Rankings {
  /** BM25 of the words as they are asked. */
  bm25: Measures;
  /** The vectors alone. */
  dense: Measures;
  /** What `search` does: words, corrections and vectors. */
  hybrid: Measures;
}

export interface EvaluationOptions {
  /** In the layout of BEIR. */
  folder: string;
  /** Empty; filled with the documents of the collection. */
  index: KnowledgeIndex & Speller;
  embedder: Embedder;
  /** Seed of the slips. */
  typos?: number;
  onProgress?: (done: { documents: number } | { questions: number; of: number }) => void;
}

/** Documents that recall counts. */
const DEPTH = 100;

/** Fills the index with a collection, asks its questions, and compares what is found with its judgements. */
export async function evaluate(o: EvaluationOptions): Promise<Evaluation> {
  const questions = await questionsOf(o.folder);
  const documents = await fill(o);
  const clean = await rank(o, questions);
  const { typos: seed } = o;
  const slipped = questions.map((question) => ({ ...question, text: withTypo(question.text, seed ?? 0) }));
  return {
    documents,
    questions: questions.length,
    model: o.embedder.model,
    clean,
    ...(seed !== undefined && { typos: { seed, ...(await rank(o, slipped)) } }),
  };
}

async function fill({ folder, index, embedder, onProgress }: EvaluationOptions): Promise<number> {
  let documents = 0;
  for await (const { id, title, text } of documentsOf(folder)) {
    // As an article has its title: as its first heading. The line breaks are those of the source and mean nothing.
    const chunks = chunkMarkdown([`# ${title}`, text].map((part) => part.replace(/\s+/g, " ")).join("\n\n"));
    const vectors = await embedder.embed(
      chunks.map((chunk) => `${chunk.heading}\n${chunk.text}`),
      "passage",
    );
    const passages = chunks.map((chunk, i) => ({ ...chunk, vector: quantize(vectors[i] ?? new Float32Array()) }));
    documents++;
    await index.add({ id, seq: documents, title, author: "", tags: [], publishedAt: EPOCH, passages });
    if (documents % 1_000 === 0) onProgress?.({ documents });
  }
  return documents;
}

const EPOCH = new Date(0).toISOString();

async function rank(o: EvaluationOptions, questions: readonly CollectionQuestion[]): Promise<Rankings> {
  const [bm25, dense, hybrid]: [Measures[], Measures[], Measures[]] = [[], [], []];
  for (const { text, judgements } of questions) {
    const { asked, words, vector, ...weighing } = await asQuery(text, o.embedder, o.index);
    const plain = asked.map((word) => ({ word, weight: 1 }));
    const ask = async (of: Pick<IndexQuery, "words" | "vector">) => {
      const hits = await o.index.query({ ...of, ...weighing, limit: DEPTH });
      return measure(
        hits.map(({ article }) => article),
        judgements,
      );
    };
    bm25.push(await ask({ words: plain }));
    dense.push(await ask({ words: [], vector }));
    hybrid.push(await ask({ words, vector }));
    if (hybrid.length % 100 === 0) o.onProgress?.({ questions: hybrid.length, of: questions.length });
  }
  return { bm25: meanOf(bm25), dense: meanOf(dense), hybrid: meanOf(hybrid) };
}
