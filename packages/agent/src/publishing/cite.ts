import { type Article, ChoirError, type CitationRequest, findPassage, type Signer } from "@vibewriter/choir";
import { CITE_TOOL, type CiteArguments, EditedCitation, jsonOf, PUBLISH_TOOL } from "../policy/arguments.js";
import { withEdits } from "../policy/edits.js";
import { permit } from "../policy/permit.js";
import { oneLine } from "../sanitize.js";
import type { UsedArticle } from "../sources/run-sources.js";
import type { AskPerson, ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import type { QueuedCitation } from "./publications.js";

export interface CitedArticle {
  readonly articleId: string;
  readonly title: string;
  readonly author: string;
  /** False while the run has not published: the citation is recorded at publication. */
  readonly recorded: boolean;
  /** What a person has made of the call, if they did. */
  readonly edited?: CiteArguments;
}

/**
 * Cites another author's Choir article from this run's report: now if the report is published, else at its publication. Only articles that the run has
 * read count, and once there is a report only those that it uses; each is cited once, however often this is called. A person is asked about those
 * above the budget, and may change what is said of the article. Only what a person has seen is said of it: else what is public is the sentence of
 * the report that it bears out, since the words of an agent that has read it may be anybody's.
 * @throws Refusal `not_used`, `own_article`, `retracted`, `invalid_argument` for a passage that does not stand there, and those of `permit`
 */
export async function citeArticle(context: ToolContext, args: CiteArguments, ask: AskPerson): Promise<CitedArticle> {
  const { result, edited } = await withEdits(EditedCitation, args, (now) => citeWith(context, now, ask));
  return edited === undefined ? result : { ...result, edited };
}

async function citeWith(context: ToolContext, args: CiteArguments, ask: AskPerson): Promise<CitedArticle> {
  const { article_id: articleId, context: reason, passage } = args;
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
  if (article !== undefined && !(await usedIn(context, article.draftSha256)).has(articleId)) {
    throw new Refusal("not_used", `The published report does not use article ${articleId}, so it does not cite it.`);
  }
  const citation = { articleId, context: oneLine(reason, 4_000) || source.title, passage };
  await queue(context, citation, { args, cited, ask });
  await settleCitations(context);
  const { citations } = await context.publications.get();
  const recorded = citations.some((one) => one.articleId === articleId && one.recorded);
  return { articleId, title: source.title, author: cited.author, recorded };
}

/** Puts it among the run's citations, when nobody needs to allow it or a person has. */
async function queue(
  context: ToolContext,
  citation: Omit<QueuedCitation, "recorded" | "isSeen">,
  { args, cited, ask }: { args: CiteArguments; cited: Article; ask: AskPerson },
): Promise<void> {
  const { articleId } = citation;
  const { citations } = await context.publications.get();
  if (citations.some((one) => one.articleId === articleId)) return;
  const budget = context.policy.citationsPerRun;
  // A policy names what a run may cite, and each turn has a list of its own.
  const left = Math.max(0, budget - (await context.publications.citedBefore()));
  const isWithin = citations.length < left;
  const title = oneLine(cited.title, 300);
  const about = `“${title}” by ${oneLine(cited.author, 100)}`;
  const effect = {
    tool: CITE_TOOL,
    args: jsonOf(args),
    names: { title: cited.title, author: cited.author },
    effectKey: `cite:${context.scope}:${articleId}`,
  };
  const overBudget = `Cite ${about}, beyond the ${budget} articles that the run may cite?`;
  const beyond = { ...effect, operation: "cite_over_budget" as const, question: overBudget };
  const within = { ...effect, operation: "cite" as const, question: `Cite ${about}?`, allowedWith: PUBLISH_TOOL };
  const isSeen = await permit(context, isWithin ? within : beyond, ask);
  const most = isWithin ? left : Number.POSITIVE_INFINITY;
  if ((await context.publications.queue({ ...citation, isSeen }, most)) !== "over_budget") return;
  // Others were queued meanwhile.
  const isSeenNow = await permit(context, beyond, ask);
  await context.publications.queue({ ...citation, isSeen: isSeenNow }, Number.POSITIVE_INFINITY);
}

/** Records what is queued and belongs to the published report. Nothing happens before there is one, or a second time. */
export async function settleCitations(context: ToolContext): Promise<void> {
  const { article, citations } = await context.publications.get();
  if (article === undefined) return;
  const used = await usedIn(context, article.draftSha256);
  for (const citation of citations) {
    const sentence = used.get(citation.articleId)?.context;
    if (citation.recorded || sentence === undefined) continue;
    await context.fence.check();
    const { articleId: cited, context: said, isSeen, passage } = citation;
    await cite(context, { citing: article.id, cited, claim: isSeen ? said : oneLine(sentence, 4_000), passage });
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

/** The articles that a published report uses, by their ids. */
async function usedIn(context: ToolContext, draftSha256: string): Promise<ReadonlyMap<string, UsedArticle>> {
  const verification = await context.verifications.report(draftSha256);
  const used = verification === undefined ? [] : await context.sources.articlesUsed(verification);
  return new Map(used.map((article) => [article.articleId, article]));
}
