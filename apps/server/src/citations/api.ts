import { z } from "zod";

/** What the citation graph says between the owner process and its clients. Citations count while both articles stand. */

export const GraphArticle = z.object({
  id: z.string(),
  title: z.string(),
  author: z.string(),
  /** Absent: unsigned, of an earlier release. */
  authorKey: z.string().optional(),
  citedBy: z.int(),
  retracted: z.boolean(),
});
export type GraphArticle = z.infer<typeof GraphArticle>;

/** `cites`: from an article to what it cites. */
export type Direction = "cites" | "cited-by";

/** `article`: the other one of the two. */
const GraphCitation = z.object({
  article: GraphArticle,
  claim: z.string(),
  passage: z.object({ start: z.int(), end: z.int(), text: z.string() }).optional(),
  citingVersion: z.string().optional(),
  citedVersion: z.string().optional(),
  seq: z.int(),
});

/** One page, the newest first; `before` asks for the next one. */
export const CitationPage = z.object({
  article: GraphArticle,
  counts: z.object({
    cites: z.int(),
    citedBy: z.int(),
    /** Over any number of steps. */
    citesInAll: z.int(),
    citedByInAll: z.int(),
    /** `citedBy`, each by the trust in its author. */
    trusted: z.number(),
  }),
  citations: z.array(GraphCitation),
  before: z.int().optional(),
});
export type CitationPage = z.infer<typeof CitationPage>;

export const CitationChains = z.object({
  articles: z.array(GraphArticle),
  /** Ids, from the article that was asked about on. */
  chains: z.array(z.array(z.string())),
  truncated: z.boolean(),
});
export type CitationChains = z.infer<typeof CitationChains>;

/** `claims[i]`: what `path[i]` cites `path[i + 1]` for. Both empty: there is no chain. */
export const CitationPath = z.object({ path: z.array(GraphArticle), claims: z.array(z.string()) });
export type CitationPath = z.infer<typeof CitationPath>;

const Related = z.array(z.object({ article: GraphArticle, shared: z.int(), strength: z.number() }));
/** `coCited`: cited together with it; `coupled`: citing what it cites. */
export const RelatedArticles = z.object({ article: GraphArticle, coCited: Related, coupled: Related });
export type RelatedArticles = z.infer<typeof RelatedArticles>;

export const CitationGraph = z.object({
  /** The article that was asked about; absent: the whole graph, the most cited articles of it. */
  center: z.string().optional(),
  articles: z.array(GraphArticle),
  citations: z.array(z.object({ citing: z.string(), cited: z.string() })),
  truncated: z.boolean(),
});
export type CitationGraph = z.infer<typeof CitationGraph>;
