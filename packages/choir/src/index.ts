export {
  type ArticleSource,
  articleId,
  articleTitle,
  MAX_MARKDOWN_BYTES,
  type PublishRequest,
  type ReviseRequest,
} from "./articles/article.js";
export { authorKeySchema, isSignedBy, KeyPair, type Signer } from "./articles/signer.js";
export type {
  Article,
  ArticleCitation,
  ArticlePage,
  ArticleSummary,
  ArticleVersion,
} from "./articles/stored-article.js";
export { Choir, type ChoirOptions, type CitationRequest, type Published } from "./choir.js";
export type { Citation, CitedPassage } from "./citations/citation.js";
export { ChoirError, type ChoirErrorCode } from "./errors.js";
export { type Author, Keystore, type KeystoreOptions } from "./keystore/keystore.js";
export { type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty/novelty.js";
export type { Embedder, EmbeddingPurpose } from "./search/embedder.js";
export { lexicalEmbedder } from "./search/lexical.js";
export type { SearchResult } from "./search/searcher.js";
export type { ChoirEvent } from "./store/projected-store.js";
