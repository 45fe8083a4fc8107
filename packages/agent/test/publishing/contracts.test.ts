import { checkCitations } from "@vibewriter/evidence";
import { publishDraft } from "../../src/publishing/publish.js";
import { citeArticleTool } from "../../src/tools/cite-article.js";
import type { ToolContext } from "../../src/tools/context.js";
import { publishToChoir } from "../../src/tools/publish-to-choir.js";
import { searchChoirKb } from "../../src/tools/search-choir-kb.js";
import { EXAMPLES, World } from "../support/world.js";

const FACT = "The USDC supply cap on Base is $500 million";

let world: World;
let count = 0;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

async function newContext(): Promise<ToolContext> {
  const request = { request: `Contract ${++count}`, out: world.out, sources: [EXAMPLES], model: "offline" };
  const { runId } = await world.client.start({ ...request, author: `author ${count}` }, {});
  const { context, parts } = await world.context(runId);
  await parts.approvals.allowOnce(runId, "publish_to_choir", "--yes");
  return context;
}

async function draft(context: ToolContext, text: string): Promise<string> {
  const path = `${context.workspace.folder}/draft.md`;
  await context.workspace.write(path, text);
  await context.verifications.put(path, text, checkCitations(text, await context.sources.texts()));
  return path;
}

async function published(title: string): Promise<string> {
  const context = await newContext();
  const path = await draft(context, `# ${title}\n\n${FACT} [S1].\n`);
  return (await publishDraft(context, path, () => undefined)).articleId;
}

/** What a tool answers, parsed. */
const ask = async (tool: { invoke(input: never): Promise<unknown> }, input: object) =>
  JSON.parse(String(await tool.invoke(input as never)));

describe("the contracts of the Choir's tools", () => {
  it("search_choir_kb: five articles unless told otherwise, each with 500 characters at most", async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, n) => published(`Caps ${n} on Base ${"x".repeat(n)}`)));
    const search = searchChoirKb(await newContext());
    const found = await ask(search, { query: "USDC supply cap on Base" });
    expect(found).toHaveLength(5);
    for (const hit of found) {
      expect(hit).toEqual({
        article_id: expect.toSatisfy((id: string) => ids.includes(id)),
        title: expect.stringMatching(/^Caps \d on Base/),
        author: expect.stringMatching(/^author \d+$/),
        similarity: expect.any(Number),
        content_preview: expect.stringContaining("USDC"),
        cited_by: 0,
      });
      expect(hit.content_preview.length).toBeLessThanOrEqual(500);
    }
    expect(await ask(search, { query: "USDC supply cap on Base", limit: 2 })).toHaveLength(2);
  });

  it("publish_to_choir and cite_article, with a passage that stands there", async () => {
    const cited = await published("Cited with a passage");
    const context = await newContext();
    const { source } = await context.sources.page(`choir:${cited}`, 0);
    const path = await draft(context, `# Citing\n\n${FACT} [S1].\n\n${FACT} [${source.id}].\n`);
    const cite = citeArticleTool(context);
    const argue = { article_id: `choir:${cited}`, context: "The cap." };
    await expect(cite.invoke({ ...argue, passage: "No such words." })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    const answer = {
      citation_text: expect.stringContaining("Cited with a passage"),
      author_rewarded: 0,
      note: expect.stringContaining("recorded when the report is published"),
      article_url: `choir:${cited}`,
    };
    expect(await ask(cite, { ...argue, passage: "supply cap\non Base" })).toEqual(answer);
    const told = await ask(publishToChoir(context), { filepath: path });
    expect(told).toEqual({
      article_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      novelty_score: expect.any(Number),
      chip_staked: 0,
      chip_rewarded: 0,
      net_chip: 0,
      note: expect.any(String),
      url: `choir:${told.article_id}`,
      to_cite: [],
    });
    expect(await ask(cite, argue)).toEqual({ ...answer, note: expect.stringContaining("end of the month") });
    const { citations } = await world.choir.citationGraph.page(cited, { direction: "cited-by" });
    expect(citations).toMatchObject([
      { article: { id: told.article_id }, claim: `${FACT}.`, passage: { text: "supply cap on Base" } },
    ]);
  });

  it("cites without a passage that the article lost in between", async () => {
    const cited = await published("Revised meanwhile");
    const context = await newContext();
    const { source } = await context.sources.page(`choir:${cited}`, 0);
    const path = await draft(context, `# Citing later\n\n${FACT} [S1].\n\n${FACT} [${source.id}].\n`);
    await citeArticleTool(context).invoke({ article_id: cited, context: "The cap.", passage: "Revised meanwhile" });
    const article = await world.choir.get(cited);
    const signer = await world.bench.parts.authors.signer(article.authorKey ?? "");
    if (signer === undefined) throw new Error("The author's key is not here.");
    await world.choir.revise(
      { article: cited, markdown: "# Another title\n\nOther words.", author: article.author },
      signer,
    );
    await publishDraft(context, path, () => undefined);
    const { citations } = await world.choir.citationGraph.page(cited, { direction: "cited-by" });
    expect(citations).toMatchObject([{ claim: `${FACT}.` }]);
    expect(citations[0]?.passage).toBeUndefined();
  });
});
