import { Embeddings } from "@langchain/core/embeddings";

export const DIMS = 64;

/** Words hashed into a vector: texts that share words are close. Counts the texts that it was given. */
export class WordEmbedder extends Embeddings {
  embedded = 0;

  constructor(readonly model = "words") {
    super({});
  }

  override async embedDocuments(texts: string[]): Promise<number[][]> {
    this.embedded += texts.length;
    return texts.map(vectorOf);
  }

  override async embedQuery(text: string): Promise<number[]> {
    return vectorOf(text);
  }
}

function vectorOf(text: string): number[] {
  const vector = new Array<number>(DIMS).fill(0);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    let hash = 7;
    for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) % 65_521;
    vector[hash % DIMS] = (vector[hash % DIMS] ?? 0) + 1;
  }
  return vector;
}
