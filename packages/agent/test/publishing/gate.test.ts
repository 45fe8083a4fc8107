import { join } from "node:path";
import { Ledger } from "@vibewriter/choir";
import { AgentError } from "../../src/errors.js";
import { Policy } from "../../src/policy/policy.js";
import { citeArticle } from "../../src/publishing/cite.js";
import { publishDraft, readDraft } from "../../src/publishing/publish.js";
import type { ApprovalQuestion } from "../../src/runs/record.js";
import { duringCall } from "../../src/taint/taint.js";
import { citeArticleTool } from "../../src/tools/cite-article.js";
import type { ToolContext } from "../../src/tools/context.js";
import { publishToChoir } from "../../src/tools/publish-to-choir.js";
import { repairDraftTool } from "../../src/tools/repair-draft.js";
import { Drafts, GOOD, nobody, WRONG } from "../support/drafts.js";

let drafts: Drafts;
beforeAll(async () => {
  drafts = await Drafts.open();
});
afterAll(() => drafts[Symbol.asyncDispose]());

describe("repair_draft", () => {
  it("keeps each draft that it was given, and goes on without a model that fails", async () => {
    const context = await drafts.newContext();
    const away = async () => {
      throw new AgentError("model_unreachable", "It is away.");
    };
    const repair = repairDraftTool({ ...context, judges: { entail: away, reword: away } });
    for (const [count, kept] of ["draft.before-repair.md", "draft.before-repair-2.md"].entries()) {
      const text = `# T${count}\n\n${GOOD} ${WRONG}\n`;
      const filepath = await drafts.write(context, text);
      const said = JSON.parse(String(await repair.invoke({ filepath })));
      expect(said).toMatchObject({
        passed: true,
        changes: [{ how: "removed" }],
        before: filepath.replace("draft.md", kept),
      });
      expect(said.not_reworded).toMatch(/^The model did not reword 1 of 1 sentences\. It is away\.$/);
      expect(await readDraft(context, said.before)).toBe(text);
      expect(await readDraft(context, filepath)).toBe(`# T${count}\n\n${GOOD}\n`);
    }
  });
});

describe("publish_to_choir", () => {
  it("refuses what is no draft", async () => {
    const context = await drafts.newContext({ yes: true });
    const publish = (path: string) => publishDraft(context, path, nobody);
    await expect(publish("/nowhere.md")).rejects.toMatchObject({ code: "file_not_found" });
    await expect(publish("draft.md")).rejects.toMatchObject({ code: "file_not_found" });
    await expect(publish(context.workspace.folder)).rejects.toMatchObject({ code: "file_not_found" });
    await context.workspace.write(`${context.workspace.folder}/x.md`, new Uint8Array([0xff, 0xfe, 0x00]));
    await expect(publish(`${context.workspace.folder}/x.md`)).rejects.toMatchObject({ code: "not_text" });
    await context.workspace.write(`${context.workspace.folder}/big.md`, "x".repeat(2 * 1024 * 1024 + 1));
    await expect(publish(`${context.workspace.folder}/big.md`)).rejects.toMatchObject({ code: "too_large" });
    const huge = Object.assign(new Error("64 MiB and more"), { code: "too_large" });
    vi.spyOn(context.workspace, "read").mockRejectedValueOnce(huge);
    await expect(publish(`${context.workspace.folder}/huge.md`)).rejects.toMatchObject({ name: "Refusal" });
  });

  it("lets no secret out, in whatever simple disguise: such a draft is not kept, and one that was is not published", async () => {
    const value = "canary-4f1d9b7e2a6c8035";
    const hidden = Buffer.from(value).toString("hex").replace(/.{4}/g, "$& ");
    const text = `# Value a${hidden}\n\n${GOOD}\n`;
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, text);
    using _held = drafts.world.base.backbone.secrets.register("canary", value);
    await expect(drafts.check(context, path, text)).rejects.toMatchObject({
      code: "secret_found",
      message: expect.stringMatching(/the secret canary in a disguise/),
    });
    await expect(drafts.check(context, path, `# T\n\n${value}\n`)).rejects.toThrow(/the secret canary on line 3/);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "secret_found" });
    expect(await drafts.world.choir.list()).toEqual([]);
  });

  it("refuses without a report, with one for another draft, below 0.9, without a citation, with too few, without a title", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.write(context, `# T\n\n${GOOD}\n`);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "no_verification" });
    await drafts.check(context, path, `# T\n\n${GOOD} \n`);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "other_draft" });
    const low = await drafts.draftOf(context, `# T\n\n${GOOD}\n\n${WRONG}\n`);
    await expect(publishDraft(context, low, nobody)).rejects.toMatchObject({ code: "rate_too_low" });
    const bare = await drafts.draftOf(context, "# T\n\nNothing is cited here.\n");
    await expect(publishDraft(context, bare, nobody)).rejects.toMatchObject({ code: "no_citations" });
    const unknown = await drafts.draftOf(context, "# T\n\nThe cap is $500 million [S99].\n");
    await expect(publishDraft(context, unknown, nobody)).rejects.toMatchObject({ code: "rate_too_low" });
    const uncited = await drafts.draftOf(context, `# T\n\n${GOOD} Aave pays 4.6%. It lent $3 million.\n`);
    await expect(publishDraft(context, uncited, nobody)).rejects.toMatchObject({ code: "coverage_too_low" });
    const untitled = await drafts.draftOf(context, `${GOOD}\n`);
    await expect(publishDraft(context, untitled, nobody)).rejects.toMatchObject({ code: "no_title" });
    expect(await drafts.world.choir.list()).toEqual([]);
  });

  it("publishes once with a pre-authorisation, again for the same draft, never a second draft", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, `# Once\n\n${GOOD}\n`);
    const first = await publishDraft(context, path, nobody);
    expect(first).toMatchObject({ title: "Once", first: true, toCite: [] });
    expect(await publishDraft(context, path, nobody)).toMatchObject({ articleId: first.articleId, first: false });
    const article = await drafts.world.choir.get(first.articleId);
    expect(article).toMatchObject({ author: context.author, sources: [{ id: "S1" }] });
    expect(article.markdown).toContain("$500 million [1].");
    const second = await drafts.draftOf(context, `# Twice\n\n${GOOD}\n`);
    await expect(publishDraft(context, second, nobody)).rejects.toMatchObject({ code: "already_published" });
  });

  it("asks when there is no grant, and does nothing if the question comes to nothing", async () => {
    const context = await drafts.newContext();
    const path = await drafts.draftOf(context, `# Asked\n\n${GOOD}\n`);
    const asked = new Set<string>();
    const ids = new Set<string>();
    const publishing = publishDraft(context, path, ({ id, title = "" }) => {
      asked.add(title);
      ids.add(id);
    });
    await expect(publishing).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Asked"]);
    // A person reads what they are asked about, whatever has been written over it in the VM.
    await drafts.write(context, "# Something else\n");
    const [id = ""] = ids;
    expect(await drafts.world.client.approvals.get(id)).toMatchObject({ state: "open", draft: `# Asked\n\n${GOOD}\n` });
    expect((await drafts.world.choir.list()).map(({ title }) => title)).not.toContain("Asked");
  });
});

describe("a draft that would publish something else than was checked and approved", () => {
  it("is refused before anybody is asked, and costs no grant", async () => {
    const context = await drafts.newContext({ yes: true });
    const sentences = ["", "Yes, ", "Here, ", "So, ", "Also, ", "Now, ", "Then, ", "Thus, ", "Still, "];
    const nine = sentences.map((opening) => opening + GOOD).join("\n\n");
    for (const more of ["The cap is $9 trillion [S99].", "The cap is $9 trillion [1].", "```\nopen"]) {
      const path = await drafts.draftOf(context, `# T\n\n${nine}\n\n${more}\n`);
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "cannot_render" });
    }
    const path = await drafts.draftOf(context, `# Mended\n\n${GOOD}\n`);
    expect(await publishDraft(context, path, nobody)).toMatchObject({ title: "Mended" });
  });

  it("is asked about by the title that it will have", async () => {
    const context = await drafts.newContext();
    const path = await drafts.draftOf(
      context,
      `\`\`\`\n# Harmless\n\`\`\`\n\n<!--\n# Kind\n-->\n\n# Real\n\n${GOOD}\n`,
    );
    const asked = new Set<string>();
    const publishing = publishDraft(context, path, ({ title = "" }) => void asked.add(title));
    await expect(publishing).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Real"]);
  });

  it("is another one after any change of its bytes", async () => {
    const context = await drafts.newContext({ yes: true });
    const text = `# Bytes\n\n${GOOD}\n`;
    await drafts.draftOf(context, text);
    for (const other of [text.replaceAll("\n", "\r\n"), `\uFEFF${text}`, text.trimEnd(), text.replace("$", "＄")]) {
      const path = await drafts.write(context, other);
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "other_draft" });
    }
  });

  it("is not another run's checked draft", async () => {
    const other = await drafts.newContext();
    const path = await drafts.draftOf(other, `# Other\n\n${GOOD}\n`);
    const context = await drafts.newContext({ yes: true });
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "no_verification" });
  });
});

describe("one article for a run", () => {
  it("holds when two drafts were approved and are published at once", async () => {
    const context = await drafts.newContext();
    const ids = new Set<string>();
    const paths: string[] = [];
    for (const title of ["One", "Two"]) {
      const path = await drafts.write(context, `# ${title}\n\n${GOOD}\n`, `${title}.md`);
      await drafts.check(context, path, `# ${title}\n\n${GOOD}\n`);
      await publishDraft(context, path, ({ id }) => {
        ids.add(id);
      }).catch(nobody);
      paths.push(path);
    }
    for (const id of ids) await drafts.world.client.decide(context.runId, id, { decision: "approve" }, {});
    const published = await Promise.allSettled(paths.map((path) => publishDraft(context, path, nobody)));
    expect(published.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const failed = published.find((one) => one.status === "rejected");
    expect(failed?.reason).toMatchObject({ code: "already_published" });
    const articles = await drafts.world.choir.list();
    expect(articles.filter(({ title }) => title === "One" || title === "Two")).toHaveLength(1);
  });

  it("holds when the process dies after publishing and the draft is another one by then", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, `# First words\n\n${GOOD}\n`);
    const dying = vi.spyOn(context.publications, "published").mockRejectedValue(new Error("killed"));
    await expect(publishDraft(context, path, nobody)).rejects.toThrow("killed");
    dying.mockRestore();
    const edited = await drafts.draftOf(context, `# Second thoughts\n\n${GOOD}\n`);
    await expect(publishDraft(context, edited, nobody)).rejects.toMatchObject({ code: "already_published" });
    expect((await context.publications.get()).article).toMatchObject({ title: "First words" });
    const titles = (await drafts.world.choir.list()).map(({ title }) => title);
    expect(titles).toContain("First words");
    expect(titles).not.toContain("Second thoughts");
  });
});

describe("a text that was published for an earlier turn", () => {
  it("is that article for a later one: nobody is asked, nothing happens twice, and another text still may be published", async () => {
    const author = await drafts.newContext({ yes: true });
    const { articleId: cited } = await publishDraft(
      author,
      await drafts.draftOf(author, `# Built on\n\n${GOOD}\n`),
      nobody,
    );
    const context = await drafts.newContext({ yes: true });
    const { source } = await context.sources.page(`choir:${cited}`, 0);
    const text = (title: string) =>
      `# ${title}\n\n${GOOD}\n\nThe USDC supply cap on Base is $500 million [${source.id}].\n`;
    const path = await drafts.draftOf(context, text("Said twice"));
    const first = await publishDraft(context, path, nobody);
    await citeArticle(context, { article_id: cited, context: "why" }, nobody);
    const articles = (await drafts.world.choir.list()).length;

    const later = await drafts.nextTurn(context);
    const asked = new Set<string>();
    const ask = ({ title = "" }: { title?: string }) => void asked.add(title);
    for (let n = 0; n < 2; n++) {
      const { articleId, title, noveltyScore } = first;
      const again = { articleId, title, noveltyScore, first: false, toCite: [] };
      expect(await publishDraft(later, path, ask)).toEqual(again);
    }
    expect([...asked]).toEqual([]);
    expect(await drafts.world.choir.list()).toHaveLength(articles);
    expect(await drafts.world.choir.citations(cited)).toBe(1);
    expect((await later.publications.get()).citations).toMatchObject([{ articleId: cited, recorded: true }]);

    // The budget is the run's, and not the turn's.
    expect(await later.publications.citedBefore()).toBe(0);
    const edited = await drafts.draftOf(later, text("Said anew"));
    await expect(publishDraft(later, edited, ask)).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Said anew"]);
    await drafts.world.bench.parts.approvals.allowOnce(later.scope, "publish_to_choir", "--yes");
    const other = await publishDraft(later, edited, nobody);
    expect(other).toMatchObject({ title: "Said anew", first: true });
    expect(await drafts.world.choir.citations(cited)).toBe(2);
    expect(await later.publications.citedBefore()).toBe(1);
    const third = await drafts.draftOf(later, text("Said once more"));
    await expect(publishDraft(later, third, nobody)).rejects.toMatchObject({ code: "already_published" });
  });
});

describe("cite_article", () => {
  it("counts once what the report uses, before or after publication, and refuses the rest", async () => {
    const author = await drafts.newContext({ yes: true });
    const cited = await publishDraft(author, await drafts.draftOf(author, `# Cited\n\n${GOOD}\n`), nobody);
    const other = await drafts.newContext({ yes: true });
    const idle = await publishDraft(other, await drafts.draftOf(other, `# Idle\n\n${GOOD}\n`), nobody);

    const context = await drafts.newContext({ yes: true });
    await expect(citeArticle(context, { article_id: cited.articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    const source = (await context.sources.page(`choir:${cited.articleId}`, 0)).source;
    await context.sources.page(`choir:${idle.articleId}`, 0);
    expect(await citeArticle(context, { article_id: cited.articleId, context: "why" }, nobody)).toMatchObject({
      recorded: false,
    });
    expect(await drafts.world.choir.citations(cited.articleId)).toBe(0);
    const path = await drafts.draftOf(
      context,
      `# Citing\n\n${GOOD}\n\nThe USDC supply cap on Base is $500 million [${source.id}].\n`,
    );
    const { articleId } = await publishDraft(context, path, nobody);
    expect(await drafts.world.choir.citations(cited.articleId)).toBe(1);
    // What the tool says of the article is in its author's words, whether or not the agent has read it.
    const again = () => citeArticleTool(context).invoke({ article_id: cited.articleId, context: "again" });
    const { result, seen } = await duringCall([], again);
    expect([String(result), seen]).toEqual([
      expect.stringContaining("Cited"),
      [{ origin: "choir", name: `choir:${cited.articleId}` }],
    ]);
    for (let n = 0; n < 3; n++)
      expect(await citeArticle(context, { article_id: cited.articleId, context: "again" }, nobody)).toMatchObject({
        recorded: true,
      });
    expect(await publishDraft(context, path, nobody)).toMatchObject({ articleId, toCite: [] });
    expect(await drafts.world.choir.citations(cited.articleId)).toBe(1);
    await expect(citeArticle(context, { article_id: idle.articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    expect(await drafts.world.choir.citations(idle.articleId)).toBe(0);
  });

  it("is told by publish_to_choir what is to be cited, as what other authors have called it", async () => {
    const author = await drafts.newContext({ yes: true });
    const { articleId } = await publishDraft(author, await drafts.draftOf(author, `# Of another\n\n${GOOD}\n`), nobody);
    const context = await drafts.newContext({ yes: true });
    const { source } = await context.sources.page(`choir:${articleId}`, 0);
    const sentence = `The USDC supply cap on Base is $500 million [${source.id}].`;
    const filepath = await drafts.draftOf(context, `# Uses it\n\n${GOOD}\n\n${sentence}\n`);
    const { result, seen } = await duringCall([], () => publishToChoir(context).invoke({ filepath }));
    expect(JSON.parse(String(result)).to_cite).toMatchObject([{ article_id: articleId, title: "Of another" }]);
    expect(seen).toEqual([{ origin: "choir", name: `choir:${articleId}` }]);
  });

  it("counts no article that the report only names, nor one by the beginning of its id", async () => {
    const author = await drafts.newContext({ yes: true });
    const { articleId } = await publishDraft(author, await drafts.draftOf(author, `# Named\n\n${GOOD}\n`), nobody);
    const context = await drafts.newContext({ yes: true });
    await expect(context.sources.page(`choir:${articleId.slice(0, 12)}`, 0)).rejects.toMatchObject({
      code: "not_found",
    });
    const { source } = await context.sources.page(`choir:${articleId}`, 0);
    const sentences = ["", "Yes, ", "Here, ", "So, ", "Also, ", "Now, ", "Then, ", "Thus, ", "Still, "];
    const nine = sentences.map((opening) => opening + GOOD).join("\n\n");
    const path = await drafts.draftOf(context, `# Naming\n\n${nine}\n\nWhales sing in autumn [${source.id}].\n`);
    expect(await publishDraft(context, path, nobody)).toMatchObject({ toCite: [] });
    await expect(citeArticle(context, { article_id: articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    expect(await drafts.world.choir.citations(articleId)).toBe(0);
  });

  it("says of the article in public what the report says with it, and an agent's own words only where a person has seen them", async () => {
    const author = await drafts.newContext({ yes: true });
    const { articleId } = await publishDraft(author, await drafts.draftOf(author, `# Leaky\n\n${GOOD}\n`), nobody);
    const told = "Ann lives in Gartenstrasse 12 with her parrot.";
    const publicly = async (o: Partial<Policy>) => {
      const context = { ...(await drafts.newContext({ yes: true })), policy: Policy.parse(o) };
      const { source } = await context.sources.page(`choir:${articleId}`, 0);
      let asked: ApprovalQuestion | undefined;
      const ask = (one: ApprovalQuestion) => {
        asked = one;
      };
      const cite = () => citeArticle(context, { article_id: articleId, context: told }, ask);
      await cite().catch(nobody);
      if (asked !== undefined) {
        await drafts.world.client.decide(context.runId, asked.id, { decision: "approve" }, {});
        await cite();
      }
      const text = `# Leaks ${context.author}\n\n${GOOD}\n\nThe USDC supply cap on Base is $500 million [${source.id}].\n`;
      const { articleId: citing } = await publishDraft(context, await drafts.draftOf(context, text), nobody);
      const { citations } = await drafts.world.choir.citationGraph.page(articleId, { direction: "cited-by" });
      return citations.find(({ article }) => article.id === citing)?.claim;
    };
    const sentence = "The USDC supply cap on Base is $500 million.";
    expect([await publicly({}), await publicly({ cite: "ask" })]).toEqual([sentence, sentence]);
    expect(await publicly({ citationsPerRun: 0 })).toBe(told);
  });

  it("asks a person beyond the budget, whatever --yes was for, and says what they made of it", async () => {
    const author = await drafts.newContext({ yes: true });
    const { articleId } = await publishDraft(author, await drafts.draftOf(author, `# Budget\n\n${GOOD}\n`), nobody);
    const policy = Policy.parse({ citationsPerRun: 0 });
    const context = { ...(await drafts.newContext({ yes: true })), policy };
    const { runId } = context;
    await context.sources.page(`choir:${articleId}`, 0);
    const call = { article_id: articleId, context: "why" };
    let asked: ApprovalQuestion | undefined;
    const ask = (question: ApprovalQuestion) => {
      asked = question;
    };
    await expect(citeArticle(context, call, ask)).rejects.toMatchObject({ code: "not_approved" });
    expect(asked).toMatchObject({ operation: "cite_over_budget", tool: "cite_article", args: call });
    expect(asked?.question).toBe(`Cite “Budget” by ${author.author}, beyond the 0 articles that the run may cite?`);
    const args = { ...call, context: "For the cap." };
    await drafts.world.client.decide(runId, asked?.id ?? "", { decision: "edit", args }, {});
    expect(await citeArticle(context, call, ask)).toMatchObject({ recorded: false, edited: args });
    expect((await context.publications.get()).citations).toMatchObject([{ articleId, context: "For the cap." }]);

    const other = { ...(await drafts.newContext()), policy };
    await other.sources.page(`choir:${articleId}`, 0);
    await expect(citeArticle(other, call, ask)).rejects.toMatchObject({ code: "not_approved" });
    await drafts.world.client.decide(other.runId, asked?.id ?? "", { decision: "reject", message: "not that one" }, {});
    const no = { code: "rejected", message: expect.stringContaining("not that one") };
    await expect(citeArticle(other, call, ask)).rejects.toMatchObject(no);
    expect((await other.publications.get()).citations).toEqual([]);
  });
});

describe("read_source", () => {
  it("reads the run's own sources and what a search has found, nothing else on the machine or the network", async () => {
    const { sources } = await drafts.newContext();
    expect((await sources.page("S1", 0)).text).toContain("Aave v3");
    expect((await sources.page("file:base-defi/01-aave-v3-usdc.md", 0)).source.id).toBe("S1");
    for (const name of [
      "/etc/passwd",
      "file:///etc/passwd",
      "file:/etc/passwd",
      "S99",
      "choir:000000000000000000000000",
      "../x",
    ]) {
      await expect(sources.page(name, 0)).rejects.toMatchObject({ name: "EvidenceError" });
    }
    for (const url of ["http://127.0.0.1:4222/", "https://example.com/?leak=secret"]) {
      await expect(sources.page(url, 0)).rejects.toMatchObject({ code: "source_not_allowed" });
    }
    await expect(sources.page("S1", 1_000_000)).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("what publishing staked and earned", () => {
  it("is told by the tool as the ledger has it; a ledger that cannot be asked undoes nothing", async () => {
    await using ledger = await Ledger.open({
      backbone: drafts.world.base.backbone,
      choir: drafts.world.choir,
      path: join(drafts.world.out, "ledger.sqlite"),
    });
    const publish = async (o: Partial<ToolContext>) => {
      const context = await drafts.newContext({ yes: true });
      const filepath = await drafts.draftOf(context, `# Staked ${context.author}\n\n${GOOD}\n`);
      const answer = await publishToChoir({ ...context, ...o }).invoke({ filepath });
      return JSON.parse(String(answer));
    };
    const told = await publish({ ledger });
    expect(told).toMatchObject({ chip_staked: 100, chip_rewarded: 0, net_chip: -100 });
    expect(told.note).toMatch(/is provisional \(lexical\) and pays nothing/);
    expect((await publish({})).note).toBe("The ledger of this knowledge base is kept elsewhere.");
    await ledger[Symbol.asyncDispose]();
    const untold = await publish({ ledger });
    expect(untold).toMatchObject({ article_id: expect.stringMatching(/^[0-9a-f]{24}$/), chip_staked: 0 });
    expect(untold.note).toMatch(/^The ledger could not be asked/);
  });
});
