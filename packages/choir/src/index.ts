export {
  type ArticleSource,
  articleId,
  articleTitle,
  type Citation,
  MAX_MARKDOWN_BYTES,
  type PublishRequest,
} from "./article.js";
export { Choir, type ChoirOptions, type CitationRequest, type Published } from "./choir.js";
export type { Embedder, EmbeddingPurpose } from "./embedder.js";
export { ChoirError, type ChoirErrorCode } from "./errors.js";
export { lexicalEmbedder } from "./lexical.js";
export { type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty.js";
export type { ChoirEvent } from "./projected-store.js";
export type { Article, ArticleSummary } from "./store/reader.js";
export type { SearchResult } from "./store/searcher.js";
