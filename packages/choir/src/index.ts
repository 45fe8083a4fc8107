export {
  type ArticleSource,
  articleDetailsSchema,
  articleId,
  articleTitle,
  MAX_MARKDOWN_BYTES,
  type PublishRequest,
  type ReviseRequest,
} from "./articles/article.js";
export type { CitationRequest, Published } from "./articles/publisher.js";
export { authorKeySchema, isSignedBy, KeyPair, type Signer } from "./articles/signer.js";
export type {
  Article,
  ArticleCitation,
  ArticlePage,
  ArticleSummary,
  ArticleVersion,
} from "./articles/stored-article.js";
export { normalizeTag, tagSchema } from "./articles/tags.js";
export { Choir, type ChoirOptions } from "./choir.js";
export { CitationQueries, DEEPEST, MOST_ANSWERED } from "./citation-queries.js";
export { citationAnswer, RECKONED } from "./citations/answer.js";
export type { Citation, CitedPassage } from "./citations/citation.js";
export { findPassage } from "./citations/find-passage.js";
export type {
  CitationChains,
  CitationCounts,
  CitationGraph,
  CitationPage,
  CitationPath,
  GraphArticle,
  GraphCitation,
  RelatedArticle,
  RelatedArticles,
} from "./citations/graph/answers.js";
export type { Direction } from "./citations/graph/walks.js";
export { ChoirError, type ChoirErrorCode } from "./errors.js";
export type { DocumentFormat, TextDocument } from "./exports/document.js";
export { EXPORT_FORMATS, type ExportFormat, FORMAT_FACTS } from "./exports/format.js";
export type { ImportProblem } from "./imports/document.js";
export { type ImportOptions, type ImportReport, type ImportRequest, importArticles } from "./imports/importer.js";
export { type Author, Keystore, type KeystoreOptions } from "./keystore/keystore.js";
export { namesIn, readPrivate, removePrivate, writePrivate } from "./keystore/private-files.js";
export { type KeystoreFile, restoreKeystore } from "./keystore/replace-keys.js";
export type { AuditReport } from "./ledger/audit.js";
export { DEFAULT_ECONOMY, type Economy, economySchema } from "./ledger/config.js";
export type { Account } from "./ledger/file.js";
export { Ledger, type LedgerEvent, type LedgerOptions, type PlacedPosting } from "./ledger/ledger.js";
export { CURRENCIES, type Currency, formatAmount, parseAmount } from "./ledger/money.js";
export { monthOf, monthSchema } from "./ledger/months.js";
export { type ArticleOutcome, outcomeText } from "./ledger/outcome.js";
export { type Entry, KINDS as POSTING_KINDS, type Posting, type PostingKind, postingJson } from "./ledger/posting.js";
export type { Funding } from "./ledger/rules.js";
export { atomFeed } from "./news/atom.js";
export { concerns, type News, type NewsArticle, type NewsAsked, type Subject } from "./news/news.js";
export type { Advice, Closest, Excerpt, NoveltyExplanation, Origin, SharedRun } from "./novelty/explanation.js";
export { type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty/novelty.js";
export type { Scale } from "./novelty/scale.js";
export type { SearchOptions } from "./search/article-search.js";
export type { Embedder, EmbedderIdentity, EmbeddingPurpose } from "./search/embedder.js";
export { DEFAULT_EMBEDDER, type EmbedderOptions, openEmbedder } from "./search/embedders/open-embedder.js";
export { type Evaluation, type EvaluationOptions, evaluate, type Rankings } from "./search/evaluation/evaluate.js";
export type { Measures } from "./search/evaluation/measures.js";
export type {
  IndexedArticle,
  IndexedPassage,
  IndexFilter,
  IndexHit,
  IndexQuery,
  IndexStats,
  KnowledgeIndex,
  WeightedWord,
} from "./search/knowledge-index.js";
export { lexicalEmbedder } from "./search/lexical.js";
export type { PreparedQuery, Speller } from "./search/question.js";
export type { SearchResult } from "./search/results.js";
export { serveSearch } from "./search/service/serve-search.js";
export { SqliteIndex } from "./search/sqlite-index.js";
export type { ChoirEvent, IndexPlace, ReembedProgress } from "./store/projected-store.js";
export type { EmbeddingLoad } from "./store/store.js";
export { requireSignatures } from "./stream.js";
