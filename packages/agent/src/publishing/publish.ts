import {
  type Article,
  articleId,
  articleTitle,
  ChoirError,
  MAX_MARKDOWN_BYTES,
  type Published,
  type PublishRequest,
} from "@vibewriter/choir";
import { EvidenceError, gate, renderDraft, type Verification } from "@vibewriter/evidence";
import { sha256 } from "../canonical.js";
import { errorCode } from "../errors.js";
import { EditedPublication, jsonOf, PUBLISH_TOOL, type PublishArguments } from "../policy/arguments.js";
import { withEdits } from "../policy/edits.js";
import { permit } from "../policy/permit.js";
import { RejectedByPerson } from "../policy/rejected.js";
import type { ArticleDetails } from "../runs/record.js";
import { oneLine } from "../sanitize.js";
import { keepSecrets } from "../taint/output-filter.js";
import type { AskPerson, ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import { isCitable, settleCitations } from "./cite.js";
import type { EarlierPublication } from "./publications.js";

const LARGEST_DRAFT_BYTES = 2 * 1024 * 1024;

export interface PublishedReport {
  readonly articleId: string;
  readonly title: string;
  readonly noveltyScore: number;
  /** False if it had been published before, for this turn or an earlier one. */
  readonly first: boolean;
  /** What a person has made of the call, if they did: with these arguments it was done. */
  readonly edited?: PublishArguments;
  /** Other authors' articles whose text the report cites and that were not cited yet. */
  readonly toCite: readonly { articleId: string; title: string; context: string }[];
}

/**
 * Publishes a draft of the VM, once. The host reads the exact bytes, demands its own report on them and a person's signed word, and only
 * then renders and publishes; a crash anywhere in between is finished by calling it again. A text that an earlier turn of the run has
 * published is that article: nobody is asked, and nothing is published. A person may have it done with other arguments.
 * @throws Refusal with the reason
 */
export async function publishDraft(context: ToolContext, filepath: string, ask: AskPerson): Promise<PublishedReport> {
  const { details } = context;
  const args = isEmpty(details) ? { filepath } : { filepath, details };
  const { result, edited } = await withEdits(EditedPublication, args, (now) => publishWith(context, now, ask));
  return edited === undefined ? result : { ...result, edited };
}

async function publishWith(context: ToolContext, args: PublishArguments, ask: AskPerson): Promise<PublishedReport> {
  const { filepath, details = {} } = args;
  const draft = await readDraft(context, filepath);
  const draftSha256 = sha256(draft);
  await finishPublication(context);
  const { article } = await context.publications.get();
  if (article !== undefined && !article.isEarlier && article.draftSha256 !== draftSha256) {
    throw new Refusal("already_published", `This run has published article ${article.id}; a run publishes one report.`);
  }
  const before = (await context.publications.earlier()).find((one) => one.article?.draftSha256 === draftSha256);
  if (before?.article !== undefined) return await publishedBefore(context, { ...before, article: before.article });
  const verification = await checkedReport(context, draft);
  // Whatever can be wrong with it is found before anybody is asked.
  const markdown = await renderedReport(context, draft);
  const title = titleIn(markdown, details.title);
  // A person says yes to a title, and does not read hex digits. The report has more than the draft: the names of its sources.
  keepSecrets(context, "report", markdown);
  if (context.replays !== undefined) {
    await context.publications.declined("", draftSha256);
    const message = `This run repeats ${context.replays}, so its report is written and checked, but not published. Do not try again; report this and end.`;
    throw new Refusal("replayed", message);
  }
  const used = await context.sources.articlesUsed(verification);
  await permitted(
    context,
    { args, title, draftSha256, verification, cites: used.map(({ articleId }) => articleId) },
    ask,
  );
  await context.publications.begin({ draftSha256, filepath, markdownSha256: sha256(markdown) });
  const { id, noveltyScore, first } = await publishOnce(context, {
    ...details,
    markdown,
    author: context.author,
    agent: context.agentId,
    run: context.runId,
    sources: (await context.sources.cited(verification)).map(({ id, uri, sha256: hash }) => ({
      id,
      uri,
      sha256: hash,
    })),
  });
  await context.publications.published({ id, title, noveltyScore, draftSha256, filepath });
  await settleCitations(context);
  return { articleId: id, title, noveltyScore, first, toCite: await uncited(context, used) };
}

/** Returns when a person has allowed it, or nobody needs to. */
async function permitted(
  context: ToolContext,
  o: { args: PublishArguments; title: string; draftSha256: string; verification: Verification; cites: string[] },
  ask: AskPerson,
): Promise<void> {
  const { args, title, draftSha256, verification, cites } = o;
  const { author, revises } = context;
  try {
    await permit(
      context,
      {
        operation: "publish",
        tool: PUBLISH_TOOL,
        args: jsonOf(args),
        names: jsonOf({ draftSha256, title, author, cites, revises }),
        effectKey: `publish:${sha256(`${context.scope}\n${draftSha256}\n${author}`)}`,
        question: questionOf(context, title),
        about: {
          title,
          author,
          draftSha256,
          citations: { ...verification.citations, method: verification.method },
          cites,
        },
      },
      ask,
    );
  } catch (error) {
    if (error instanceof RejectedByPerson) await context.publications.declined(error.words, draftSha256);
    throw error;
  }
}

/** The article of an earlier turn with this very text is what this turn comes to; nothing happens that has not happened. */
async function publishedBefore(context: ToolContext, earlier: EarlierPublication): Promise<PublishedReport> {
  const { id, title, noveltyScore, draftSha256 } = earlier.article;
  await context.publications.repeats(earlier);
  await settleCitations(context);
  const verification = await context.verifications.report(draftSha256);
  const used = verification === undefined ? [] : await context.sources.articlesUsed(verification);
  return { articleId: id, title, noveltyScore, first: false, toCite: await uncited(context, used) };
}

/** Of the articles that a report uses, those of other authors that it does not cite yet. */
async function uncited<A extends { articleId: string }>(context: ToolContext, used: readonly A[]): Promise<A[]> {
  const { citations } = await context.publications.get();
  const left = used.filter(({ articleId }) => citations.every((citation) => citation.articleId !== articleId));
  const citable = await Promise.all(left.map(({ articleId }) => isCitable(context, articleId)));
  return left.filter((_, i) => citable[i]);
}

/** Writes down the publication of a run that stopped between publishing and writing it down, if it did. */
export async function finishPublication(context: ToolContext): Promise<void> {
  const { article, begun = [] } = await context.publications.get();
  if ((article !== undefined && !article.isEarlier) || begun.length === 0) return;
  const found = await articleOf(context);
  const own = found && begun.find(({ markdownSha256 }) => markdownSha256 === sha256(found.markdown));
  if (!found || !own) return;
  const { id, title, noveltyScore } = found;
  const { draftSha256, filepath } = own;
  await context.publications.published({ id, title, noveltyScore, draftSha256, filepath });
}

/** A turn publishes one article for ever, so run and turn alone are the key: two drafts at once cannot both get through. */
function keyOf({ scope }: ToolContext): string {
  return `publish:${scope}`;
}

/** What has been published, by this run or before it. */
async function articleOf(context: ToolContext): Promise<Article | undefined> {
  try {
    return await context.choir.get(context.revises ?? articleId(keyOf(context)));
  } catch (error) {
    if (error instanceof ChoirError && error.code === "unknown_article") return undefined;
    throw error;
  }
}

async function publishOnce(context: ToolContext, request: Omit<PublishRequest, "key">): Promise<Published> {
  await context.fence.check();
  const { revises: article } = context;
  const signer = await context.signer();
  try {
    if (article !== undefined) return await context.choir.revise({ ...request, article }, signer);
    return await context.choir.publish({ ...request, key: keyOf(context) }, signer);
  } catch (cause) {
    if (!(cause instanceof ChoirError && cause.code === "key_reused")) throw cause;
    throw new Refusal("already_published", "This run has published another draft; a run publishes one report.", {
      cause,
    });
  }
}

/** The text of a draft in the VM. @throws Refusal `file_not_found`, `too_large` or `not_text` */
export async function readDraft(context: ToolContext, filepath: string): Promise<string> {
  const tooLarge = `${filepath} is larger than 2 MiB; shorten the draft.`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = filepath.startsWith("/") ? await context.workspace.read(filepath) : undefined;
  } catch (cause) {
    // The VM does not hand out what would fill the memory of this process.
    if (errorCode(cause) !== "too_large") throw cause;
    throw new Refusal("too_large", tooLarge, { cause });
  }
  if (bytes === undefined)
    throw new Refusal("file_not_found", `There is no file ${filepath}; give the draft's absolute path.`);
  if (bytes.length > LARGEST_DRAFT_BYTES) throw new Refusal("too_large", tooLarge);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal("not_text", `${filepath} is not UTF-8 text; write the draft as Markdown.`, { cause });
  }
}

async function checkedReport(context: ToolContext, draft: string): Promise<Verification> {
  const verification = await context.verifications.signed(draft);
  const decision = gate(verification, draft);
  if (!decision.pass) throw new Refusal(decision.code, decision.message);
  return verification;
}

/** The report as it would be published. @throws Refusal `cannot_render` or `too_large` */
export async function renderedReport(context: ToolContext, draft: string): Promise<string> {
  try {
    const markdown = await renderDraft(draft, await context.sources.list());
    if (Buffer.byteLength(markdown) <= MAX_MARKDOWN_BYTES) return markdown;
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new Refusal("cannot_render", cause.message, { cause });
  }
  throw new Refusal("too_large", "The report with its references is larger than 2 MiB; shorten the draft.");
}

function questionOf({ author, revises }: ToolContext, title: string): string {
  return revises === undefined
    ? `Publish “${title}” to the Choir knowledge base as ${author}?`
    : `Publish “${title}” as the next version of article ${revises}, as ${author}?`;
}

function isEmpty(details: ArticleDetails): boolean {
  return Object.values(details).every((detail) => detail === undefined);
}

/** As the knowledge base reads it, so that what a person approves is what is published. */
function titleIn(markdown: string, given = ""): string {
  const title = oneLine(articleTitle(markdown) ?? given, 300);
  if (title === "") throw new Refusal("no_title", "The draft has no title; begin it with a line such as '# Title'.");
  return title;
}
