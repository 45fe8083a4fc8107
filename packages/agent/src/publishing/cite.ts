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
 * Cites a Choir article from this run's report: now if the report is published, else at its publication. Only articles that the run has
 * read count, and once there is a report only those that it uses; each is cited once, however often this is called.
 * @throws Refusal `not_used` or `over_budget`
 */
export async function citeArticle(context: ToolContext, articleId: string, reason: string): Promise<CitedArticle> {
  const source = await context.sources.article(articleId);
  if (source === undefined) {
    throw new Refusal(
      "not_used",
      `Article ${articleId} was not read in this run; read choir:${articleId} and use it before citing it.`,
    );
  }
  const { article } = await context.publications.get();
  if (article !== undefined && !(await usedIn(context, article.draftSha256)).includes(articleId)) {
    throw new Refusal("not_used", `The published report does not use article ${articleId}, so it does not cite it.`);
  }
  const outcome = await context.publications.queue(
    articleId,
    oneLine(reason, 4_000) || source.title,
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
  const { author } = await context.choir.get(articleId);
  return { articleId, title: source.title, author, recorded };
}

/** Records what is queued and belongs to the published report. Nothing happens before there is one, or a second time. */
export async function settleCitations(context: ToolContext): Promise<void> {
  const { article, citations } = await context.publications.get();
  if (article === undefined) return;
  const used = await usedIn(context, article.draftSha256);
  for (const citation of citations) {
    if (citation.recorded || !used.includes(citation.articleId)) continue;
    await context.fence.check();
    await context.choir.cite({
      citing: article.id,
      cited: citation.articleId,
      context: citation.context,
      key: `cite:${article.id}:${citation.articleId}`,
    });
    await context.publications.recorded(citation.articleId);
  }
}

async function usedIn(context: ToolContext, draftSha256: string): Promise<string[]> {
  const verification = await context.verifications.report(draftSha256);
  return verification === undefined
    ? []
    : (await context.sources.articlesUsed(verification)).map(({ articleId }) => articleId);
}
