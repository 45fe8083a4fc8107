import { z } from "zod";

/** What is said of novelty between the owner process and its clients. Shares, rates and similarities are 0 to 1. */

const Excerpt = z.object({ start: z.int(), end: z.int(), text: z.string() });
const Placed = Excerpt.extend({ article: z.string(), title: z.string(), author: z.string() });

const Passage = z.object({
  passage: z.int(),
  words: z.int(),
  nearest: z.array(z.object({ article: z.string(), passage: z.int(), similarity: z.number() })),
  containment: z.number(),
  coherence: z.object({
    language: z.string(),
    by: z.enum(["corpus", "article"]),
    rate: z.number(),
    typical: z.number(),
  }),
});

/** A score with all that it was computed from. */
const Record = z.object({
  formula: z.string(),
  model: z.string(),
  mode: z.enum(["lexical", "semantic"]),
  corpus: z.object({ seq: z.int(), passages: z.int() }),
  scale: z.object({
    by: z.enum(["fixed", "corpus"]),
    articles: z.int(),
    points: z.array(z.tuple([z.number(), z.number()])),
  }),
  passages: z.array(Passage),
  novelty: z.number(),
  /** 0 to 100. */
  score: z.number(),
});

export const Novelty = z.object({
  record: Record,
  parts: z.object({ distance: z.number(), unshared: z.number(), coherent: z.number() }),
  words: z.object({ all: z.int(), own: z.int() }),
  closest: z.array(z.object({ passage: z.int(), similarity: z.number(), here: Excerpt, there: Placed.optional() })),
  shared: z.array(z.object({ words: z.int(), here: Excerpt, there: Placed.optional() })),
  sharedWords: z.int(),
  /** What would raise the score, the most useful first. */
  advice: z.array(z.object({ code: z.string(), text: z.string() })),
});
export type Novelty = z.infer<typeof Novelty>;

export const NoveltyAnswer = z.object({ novelty: Novelty });

export const DraftToAssess = z.strictObject({ markdown: z.string().min(1) });
