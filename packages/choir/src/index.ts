export {
  type ArticleSource,
  articleId,
  articleTitle,
  type Citation,
  MAX_MARKDOWN_BYTES,
  type PublishRequest,
} from "./articles/article.js";
export { Choir, type ChoirOptions, type CitationRequest, type Published } from "./choir.js";
export { ChoirError, type ChoirErrorCode } from "./errors.js";
export { type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty/novelty.js";
export type { Embedder, EmbeddingPurpose } from "./search/embedder.js";
export { lexicalEmbedder } from "./search/lexical.js";
export type { SearchResult } from "./search/searcher.js";
export type { ChoirEvent } from "./store/projected-store.js";
export type { Article, ArticleSummary } from "./store/reader.js";
