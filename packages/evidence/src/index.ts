export * from "./attribution/index.js";
export * from "./check/index.js";
export { EvidenceError, type EvidenceErrorCode } from "./errors.js";
export * from "./findings/index.js";
export type { Change } from "./repair/mend.js";
export { type Repaired, type Rewording, repairDraft } from "./repair/repair-draft.js";
export { bibtexOf } from "./report/bibtex.js";
export { CslItem, cslJsonOf } from "./report/csl.js";
export { renderReport, slug } from "./report/render.js";
export type { ReportSource } from "./report/source-item.js";
export { citedItems, renderStyled } from "./report/styled.js";
export { CITATION_STYLES, type CitationStyleName } from "./report/styles/index.js";
export { CombinedSearch, type Searched } from "./search/combined-search.js";
export { openSearch } from "./search/open-search.js";
export { type FoundPassage, PassageIndex } from "./search/passages.js";
export { SearchCache } from "./search/search-cache.js";
export { Services } from "./search/services.js";
export type { WebResult, WebSearch } from "./search/web-search.js";
export {
  expandSources,
  type GivenArticle,
  type KeptFile,
  type SkippedFile,
  type SourceFile,
} from "./sources/expand.js";
export type { ExtractedText, TextExtractor } from "./sources/extraction.js";
export { DEFAULT_LIMITS, type SourceLimits } from "./sources/limits.js";
export { endingOf } from "./sources/media.js";
export { cleaned, markdownOf } from "./sources/plain.js";
export { readSourceFile } from "./sources/read-file.js";
export { extractorFromService } from "./sources/service-extractor.js";
export { WebReader, type WebReaderOptions } from "./sources/web-reader.js";
export { Answers } from "./store/answers.js";
export { NewClaim, type RecordedClaim } from "./store/claim.js";
export { type EvidenceFile, evidenceFile } from "./store/evidence-file.js";
export { EvidenceStore, type EvidenceStoreOptions } from "./store/evidence-store.js";
export { EvidenceCopies, KeptEvidence } from "./store/kept-evidence.js";
export { keepFile } from "./store/kept-files.js";
export type { ArticleText } from "./store/origins.js";
export type { Source, Unread } from "./store/source.js";
export * from "./style/index.js";
export { quiet, renderDraft, reportOn, type StyledDraft, styleDraft } from "./thread/draft-thread.js";
