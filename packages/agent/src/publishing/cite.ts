import { type Article, ChoirError, type CitationRequest, findPassage, type Signer } from "@vibewriter/choir";
import { oneLine } from "../sanitize.js";
import type { ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";

export interface CitedArticle {
  readonly articleId: string;
  readonly title: string;
  readonly author: string;
  /** False while the run has not published: the citation is recorded at publication. */
  readonly recorded: boolean;
}

/**
 * Cites another author's Choir article from this run's report: now if the report is published, else at its publication. Only articles that the run has
 * read count, and once there is a report only those that it uses; each is cited once, however often this is called.
 * @param passage words of the cited article on which that rests
 * @throws Refusal `not_used`, `own_article`, `retracted`, `over_budget`, or `invalid_argument` for a passage that does not stand there
 */
export async function citeArticle(
  context: ToolContext,
  articleId: string,
  reason: string,
  passage?: string,
): Promise<CitedArticle> {
  const source = await context.sources.article(articleId);
  if (source === undefined) {
    throw new Refusal(
      "not_used",
      `Article ${articleId} was not read in this run; read choir:${articleId} and use it before citing it.`,
    );
  }
  const cited = await context.choir.get(articleId);
  if (cited.retracted !== undefined) {
    throw new Refusal("retracted", `Article ${articleId} was taken back by its author; it is cited no more.`);
  }
  if (isOwn(cited, await context.signer())) {
    throw new Refusal("own_article", `Article ${articleId} is by the same author; what is one's own is not cited.`);
  }
  if (passage !== undefined && findPassage(cited.markdown, passage) === undefined) {
    throw new Refusal(
      "invalid_argument",
      `These words do not stand in article ${articleId}; quote them as it has them, or leave the passage out.`,
    );
  }
  const { article } = await context.publications.get();
  if (article !== undefined && !(await usedIn(context, article.draftSha256)).includes(articleId)) {
    throw new Refusal("not_used", `The published report does not use article ${articleId}, so it does not cite it.`);
  }
  const outcome = await context.publications.queue(
    { articleId, context: oneLine(reason, 4_000) || source.title, passage },
    context.citationBudget,
  );
  if (outcome === "over_budget") {
    throw new Refusal(
      "over_budget",
      `This run may cite ${context.citationBudget} articles and has; leave this one out.`,
    );
  }
  await settleCitations(context);
  const { citations } = await context.publications.get();
  const recorded = citations.some((citation) => citation.articleId === articleId && citation.recorded);
  return { articleId, title: source.title, author: cited.author, recorded };
}

/** Records what is queued and belongs to the published report. Nothing happens before there is one, or a second time. */
export async function settleCitations(context: ToolContext): Promise<void> {
  const { article, citations } = await context.publications.get();
  if (article === undefined) return;
  const used = await usedIn(context, article.draftSha256);
  for (const citation of citations) {
    if (citation.recorded || !used.includes(citation.articleId)) continue;
    await context.fence.check();
    const { articleId: cited, context: claim, passage } = citation;
    await cite(context, { citing: article.id, cited, claim, passage });
    await context.publications.recorded(citation.articleId);
  }
}

/** An article that is another author's and stands can be cited. */
export async function isCitable(context: ToolContext, articleId: string): Promise<boolean> {
  const article = await context.choir.get(articleId);
  return article.retracted === undefined && !isOwn(article, await context.signer());
}

function isOwn({ authorKey }: Article, { publicKey }: Signer): boolean {
  return authorKey === publicKey;
}

/** What was taken back after the report was written is passed over, and so is a passage that a later version has no more. */
async function cite(context: ToolContext, citation: CitationRequest): Promise<void> {
  try {
    await context.choir.cite(citation, await context.signer());
  } catch (error) {
    if (!(error instanceof ChoirError)) throw error;
    if (error.code === "invalid_citation" && citation.passage !== undefined) {
      await cite(context, { ...citation, passage: undefined });
    } else if (error.code !== "retracted") throw error;
  }
}

async function usedIn(context: ToolContext, draftSha256: string): Promise<string[]> {
  const verification = await context.verifications.report(draftSha256);
  return verification === undefined
    ? []
    : (await context.sources.articlesUsed(verification)).map(({ articleId }) => articleId);
}
