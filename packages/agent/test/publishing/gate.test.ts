import { createHash } from "node:crypto";
import { join } from "node:path";
import { Annotation, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { Ledger } from "@vibewriter/choir";
import { checkCitations } from "@vibewriter/evidence";
import { Approval, argsHashOf } from "../../src/approvals/approval.js";
import { Approver, Approvers } from "../../src/approvals/approvers.js";
import { type Grant, issueGrant } from "../../src/approvals/grant.js";
import { ApprovalKey } from "../../src/approvals/key.js";
import type { AuditEntry } from "../../src/audit/entry.js";
import { askInGraph } from "../../src/policy/ask.js";
import { permit } from "../../src/policy/permit.js";
import { Policy } from "../../src/policy/policy.js";
import { RejectedByPerson } from "../../src/policy/rejected.js";
import { citeArticle } from "../../src/publishing/cite.js";
import { publishDraft } from "../../src/publishing/publish.js";
import { ReportSeal, type SealedReport } from "../../src/publishing/report-seal.js";
import type { VerificationRecord } from "../../src/publishing/verifications.js";
import { runGraph } from "../../src/runs/graph.js";
import { ApprovalQuestion } from "../../src/runs/record.js";
import type { Operation } from "../../src/taint/rules.js";
import { duringCall, forPerson } from "../../src/taint/taint.js";
import { citeArticleTool } from "../../src/tools/cite-article.js";
import type { ToolContext } from "../../src/tools/context.js";
import { publishToChoir } from "../../src/tools/publish-to-choir.js";
import type { Vibewriter } from "../../src/vibewriter.js";
import { EXAMPLES, World } from "../support/world.js";

const GOOD = "The USDC supply cap on Base is $500 million [S1].";
const WRONG = "The USDC supply cap on Base is $900 million [S1].";

let world: World;
let count = 0;
beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function newContext(o: { yes?: boolean } = {}): Promise<ToolContext> {
  const request = {
    request: `Gate ${++count}`,
    out: world.out,
    sources: [EXAMPLES],
    model: "offline",
    author: `author ${count}`,
  };
  const { runId } = await world.client.start(request, {});
  const { context, parts } = await world.context(runId);
  if (o.yes) await parts.approvals.allowOnce(runId, "publish_to_choir", "--yes");
  return context;
}

async function write(context: ToolContext, text: string, name = "draft.md"): Promise<string> {
  const path = `${context.workspace.folder}/${name}`;
  await context.workspace.write(path, text);
  return path;
}

async function check(context: ToolContext, path: string, text: string): Promise<void> {
  await context.verifications.put(path, text, checkCitations(text, await context.sources.texts()));
}

async function draftOf(context: ToolContext, text: string): Promise<string> {
  const path = await write(context, text);
  await check(context, path, text);
  return path;
}

/** What the tools stand on when the person has said more to a run that came to a report. */
async function nextTurn({ runId }: ToolContext): Promise<ToolContext> {
  await world.bench.parts.runs.change(runId, (now) => ({ ...now, work: "2", reports: ["1"] }));
  return (await world.context(runId)).context;
}

const nobody = () => undefined;

describe("publish_to_choir", () => {
  it("refuses what is no draft", async () => {
    const context = await newContext({ yes: true });
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
    const context = await newContext({ yes: true });
    const path = await draftOf(context, text);
    using _held = world.base.backbone.secrets.register("canary", value);
    await expect(check(context, path, text)).rejects.toMatchObject({
      code: "secret_found",
      message: expect.stringMatching(/the secret canary in a disguise/),
    });
    await expect(check(context, path, `# T\n\n${value}\n`)).rejects.toThrow(/the secret canary on line 3/);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "secret_found" });
    expect(await world.choir.list()).toEqual([]);
  });

  it("refuses without a report, with one for another draft, below 0.9, without a citation, with too few, without a title", async () => {
    const context = await newContext({ yes: true });
    const path = await write(context, `# T\n\n${GOOD}\n`);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "no_verification" });
    await check(context, path, `# T\n\n${GOOD} \n`);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "other_draft" });
    const low = await draftOf(context, `# T\n\n${GOOD}\n\n${WRONG}\n`);
    await expect(publishDraft(context, low, nobody)).rejects.toMatchObject({ code: "rate_too_low" });
    const bare = await draftOf(context, "# T\n\nNothing is cited here.\n");
    await expect(publishDraft(context, bare, nobody)).rejects.toMatchObject({ code: "no_citations" });
    const unknown = await draftOf(context, "# T\n\nThe cap is $500 million [S99].\n");
    await expect(publishDraft(context, unknown, nobody)).rejects.toMatchObject({ code: "rate_too_low" });
    const uncited = await draftOf(context, `# T\n\n${GOOD} Aave pays 4.6%. It lent $3 million.\n`);
    await expect(publishDraft(context, uncited, nobody)).rejects.toMatchObject({ code: "coverage_too_low" });
    const untitled = await draftOf(context, `${GOOD}\n`);
    await expect(publishDraft(context, untitled, nobody)).rejects.toMatchObject({ code: "no_title" });
    expect(await world.choir.list()).toEqual([]);
  });

  it("publishes once with a pre-authorisation, again for the same draft, never a second draft", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, `# Once\n\n${GOOD}\n`);
    const first = await publishDraft(context, path, nobody);
    expect(first).toMatchObject({ title: "Once", first: true, toCite: [] });
    expect(await publishDraft(context, path, nobody)).toMatchObject({ articleId: first.articleId, first: false });
    const article = await world.choir.get(first.articleId);
    expect(article).toMatchObject({ author: context.author, sources: [{ id: "S1" }] });
    expect(article.markdown).toContain("$500 million [1].");
    const second = await draftOf(context, `# Twice\n\n${GOOD}\n`);
    await expect(publishDraft(context, second, nobody)).rejects.toMatchObject({ code: "already_published" });
  });

  it("asks when there is no grant, and does nothing if the question comes to nothing", async () => {
    const context = await newContext();
    const path = await draftOf(context, `# Asked\n\n${GOOD}\n`);
    const asked = new Set<string>();
    const publishing = publishDraft(context, path, ({ title = "" }) => void asked.add(title));
    await expect(publishing).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Asked"]);
    expect((await world.choir.list()).map(({ title }) => title)).not.toContain("Asked");
  });
});

describe("a draft that would publish something else than was checked and approved", () => {
  it("is refused before anybody is asked, and costs no grant", async () => {
    const context = await newContext({ yes: true });
    const sentences = ["", "Yes, ", "Here, ", "So, ", "Also, ", "Now, ", "Then, ", "Thus, ", "Still, "];
    const nine = sentences.map((opening) => opening + GOOD).join("\n\n");
    for (const more of ["The cap is $9 trillion [S99].", "The cap is $9 trillion [1].", "```\nopen"]) {
      const path = await draftOf(context, `# T\n\n${nine}\n\n${more}\n`);
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "cannot_render" });
    }
    const path = await draftOf(context, `# Mended\n\n${GOOD}\n`);
    expect(await publishDraft(context, path, nobody)).toMatchObject({ title: "Mended" });
  });

  it("is asked about by the title that it will have", async () => {
    const context = await newContext();
    const path = await draftOf(context, `\`\`\`\n# Harmless\n\`\`\`\n\n<!--\n# Kind\n-->\n\n# Real\n\n${GOOD}\n`);
    const asked = new Set<string>();
    const publishing = publishDraft(context, path, ({ title = "" }) => void asked.add(title));
    await expect(publishing).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Real"]);
  });

  it("is another one after any change of its bytes", async () => {
    const context = await newContext({ yes: true });
    const text = `# Bytes\n\n${GOOD}\n`;
    await draftOf(context, text);
    for (const other of [text.replaceAll("\n", "\r\n"), `\uFEFF${text}`, text.trimEnd(), text.replace("$", "＄")]) {
      const path = await write(context, other);
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "other_draft" });
    }
  });

  it("is not another run's checked draft", async () => {
    const other = await newContext();
    const path = await draftOf(other, `# Other\n\n${GOOD}\n`);
    const context = await newContext({ yes: true });
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "no_verification" });
  });
});

describe("one article for a run", () => {
  it("holds when two drafts were approved and are published at once", async () => {
    const context = await newContext();
    const ids = new Set<string>();
    const paths: string[] = [];
    for (const title of ["One", "Two"]) {
      const path = await write(context, `# ${title}\n\n${GOOD}\n`, `${title}.md`);
      await check(context, path, `# ${title}\n\n${GOOD}\n`);
      await publishDraft(context, path, ({ id }) => {
        ids.add(id);
      }).catch(nobody);
      paths.push(path);
    }
    for (const id of ids) await world.client.decide(context.runId, id, { decision: "approve" }, {});
    const published = await Promise.allSettled(paths.map((path) => publishDraft(context, path, nobody)));
    expect(published.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const failed = published.find((one) => one.status === "rejected");
    expect(failed?.reason).toMatchObject({ code: "already_published" });
    const articles = await world.choir.list();
    expect(articles.filter(({ title }) => title === "One" || title === "Two")).toHaveLength(1);
  });

  it("holds when the process dies after publishing and the draft is another one by then", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, `# First words\n\n${GOOD}\n`);
    const dying = vi.spyOn(context.publications, "published").mockRejectedValue(new Error("killed"));
    await expect(publishDraft(context, path, nobody)).rejects.toThrow("killed");
    dying.mockRestore();
    const edited = await draftOf(context, `# Second thoughts\n\n${GOOD}\n`);
    await expect(publishDraft(context, edited, nobody)).rejects.toMatchObject({ code: "already_published" });
    expect((await context.publications.get()).article).toMatchObject({ title: "First words" });
    const titles = (await world.choir.list()).map(({ title }) => title);
    expect(titles).toContain("First words");
    expect(titles).not.toContain("Second thoughts");
  });
});

describe("a text that was published for an earlier turn", () => {
  it("is that article for a later one: nobody is asked, nothing happens twice, and another text still may be published", async () => {
    const author = await newContext({ yes: true });
    const { articleId: cited } = await publishDraft(author, await draftOf(author, `# Built on\n\n${GOOD}\n`), nobody);
    const context = await newContext({ yes: true });
    const { source } = await context.sources.page(`choir:${cited}`, 0);
    const text = (title: string) =>
      `# ${title}\n\n${GOOD}\n\nThe USDC supply cap on Base is $500 million [${source.id}].\n`;
    const path = await draftOf(context, text("Said twice"));
    const first = await publishDraft(context, path, nobody);
    await citeArticle(context, { article_id: cited, context: "why" }, nobody);
    const articles = (await world.choir.list()).length;

    const later = await nextTurn(context);
    const asked = new Set<string>();
    const ask = ({ title = "" }: { title?: string }) => void asked.add(title);
    for (let n = 0; n < 2; n++) {
      const { articleId, title, noveltyScore } = first;
      const again = { articleId, title, noveltyScore, first: false, toCite: [] };
      expect(await publishDraft(later, path, ask)).toEqual(again);
    }
    expect([...asked]).toEqual([]);
    expect(await world.choir.list()).toHaveLength(articles);
    expect(await world.choir.citations(cited)).toBe(1);
    expect((await later.publications.get()).citations).toMatchObject([{ articleId: cited, recorded: true }]);

    const edited = await draftOf(later, text("Said anew"));
    await expect(publishDraft(later, edited, ask)).rejects.toMatchObject({ code: "not_approved" });
    expect([...asked]).toEqual(["Said anew"]);
    await world.bench.parts.approvals.allowOnce(later.scope, "publish_to_choir", "--yes");
    const other = await publishDraft(later, edited, nobody);
    expect(other).toMatchObject({ title: "Said anew", first: true });
    expect(await world.choir.citations(cited)).toBe(2);
    const third = await draftOf(later, text("Said once more"));
    await expect(publishDraft(later, third, nobody)).rejects.toMatchObject({ code: "already_published" });
  });
});

describe("cite_article", () => {
  it("counts once what the report uses, before or after publication, and refuses the rest", async () => {
    const author = await newContext({ yes: true });
    const cited = await publishDraft(author, await draftOf(author, `# Cited\n\n${GOOD}\n`), nobody);
    const other = await newContext({ yes: true });
    const idle = await publishDraft(other, await draftOf(other, `# Idle\n\n${GOOD}\n`), nobody);

    const context = await newContext({ yes: true });
    await expect(citeArticle(context, { article_id: cited.articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    const source = (await context.sources.page(`choir:${cited.articleId}`, 0)).source;
    await context.sources.page(`choir:${idle.articleId}`, 0);
    expect(await citeArticle(context, { article_id: cited.articleId, context: "why" }, nobody)).toMatchObject({
      recorded: false,
    });
    expect(await world.choir.citations(cited.articleId)).toBe(0);
    const path = await draftOf(
      context,
      `# Citing\n\n${GOOD}\n\nThe USDC supply cap on Base is $500 million [${source.id}].\n`,
    );
    const { articleId } = await publishDraft(context, path, nobody);
    expect(await world.choir.citations(cited.articleId)).toBe(1);
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
    expect(await world.choir.citations(cited.articleId)).toBe(1);
    await expect(citeArticle(context, { article_id: idle.articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    expect(await world.choir.citations(idle.articleId)).toBe(0);
  });

  it("is told by publish_to_choir what is to be cited, as what other authors have called it", async () => {
    const author = await newContext({ yes: true });
    const { articleId } = await publishDraft(author, await draftOf(author, `# Of another\n\n${GOOD}\n`), nobody);
    const context = await newContext({ yes: true });
    const { source } = await context.sources.page(`choir:${articleId}`, 0);
    const sentence = `The USDC supply cap on Base is $500 million [${source.id}].`;
    const filepath = await draftOf(context, `# Uses it\n\n${GOOD}\n\n${sentence}\n`);
    const { result, seen } = await duringCall([], () => publishToChoir(context).invoke({ filepath }));
    expect(JSON.parse(String(result)).to_cite).toMatchObject([{ article_id: articleId, title: "Of another" }]);
    expect(seen).toEqual([{ origin: "choir", name: `choir:${articleId}` }]);
  });

  it("counts no article that the report only names, nor one by the beginning of its id", async () => {
    const author = await newContext({ yes: true });
    const { articleId } = await publishDraft(author, await draftOf(author, `# Named\n\n${GOOD}\n`), nobody);
    const context = await newContext({ yes: true });
    await expect(context.sources.page(`choir:${articleId.slice(0, 12)}`, 0)).rejects.toMatchObject({
      code: "not_found",
    });
    const { source } = await context.sources.page(`choir:${articleId}`, 0);
    const sentences = ["", "Yes, ", "Here, ", "So, ", "Also, ", "Now, ", "Then, ", "Thus, ", "Still, "];
    const nine = sentences.map((opening) => opening + GOOD).join("\n\n");
    const path = await draftOf(context, `# Naming\n\n${nine}\n\nWhales sing in autumn [${source.id}].\n`);
    expect(await publishDraft(context, path, nobody)).toMatchObject({ toCite: [] });
    await expect(citeArticle(context, { article_id: articleId, context: "why" }, nobody)).rejects.toMatchObject({
      code: "not_used",
    });
    expect(await world.choir.citations(articleId)).toBe(0);
  });

  it("asks a person beyond the budget, whatever --yes was for, and says what they made of it", async () => {
    const author = await newContext({ yes: true });
    const { articleId } = await publishDraft(author, await draftOf(author, `# Budget\n\n${GOOD}\n`), nobody);
    const policy = Policy.parse({ citationsPerRun: 0 });
    const context = { ...(await newContext({ yes: true })), policy };
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
    await world.client.decide(runId, asked?.id ?? "", { decision: "edit", args }, {});
    expect(await citeArticle(context, call, ask)).toMatchObject({ recorded: false, edited: args });
    expect((await context.publications.get()).citations).toMatchObject([{ articleId, context: "For the cap." }]);

    const other = { ...(await newContext()), policy };
    await other.sources.page(`choir:${articleId}`, 0);
    await expect(citeArticle(other, call, ask)).rejects.toMatchObject({ code: "not_approved" });
    await world.client.decide(other.runId, asked?.id ?? "", { decision: "reject", message: "not that one" }, {});
    const no = { code: "rejected", message: expect.stringContaining("not that one") };
    await expect(citeArticle(other, call, ask)).rejects.toMatchObject(no);
    expect((await other.publications.get()).citations).toEqual([]);
  });
});

describe("the door", () => {
  const effect = (n: number, operation: Operation = "egress_new_host") => ({
    ...{ operation, tool: "pay", args: { amount: n }, effectKey: `pay:${n}`, question: `Pay ${n}?` },
  });

  /** A context whose audit is kept in a list. */
  async function audited(policy: Partial<Policy> = {}): Promise<{ context: ToolContext; told: AuditEntry[] }> {
    const told: AuditEntry[] = [];
    const audit = { record: (entry: AuditEntry) => void told.push(entry), written: async () => undefined };
    return { context: { ...(await newContext()), audit, policy: Policy.parse(policy) }, told };
  }

  it("does what the policy says of an agent that has seen nothing, and no less than ask of one that has", async () => {
    const { context, told } = await audited({ publish: "auto", memory_write: "deny", propose_skill: "auto" });
    const permitted = (operation: Operation) => permit(context, effect(1, operation), nobody);
    await forPerson(async () => {
      await permitted("publish");
      await expect(permitted("memory_write")).rejects.toMatchObject({ code: "denied" });
      await permitted("propose_skill");
      await expect(permitted("egress_new_host")).rejects.toMatchObject({ code: "not_approved" });
    });
    for (const operation of ["publish", "propose_skill", "egress_new_host"] as const) {
      await expect(permitted(operation)).rejects.toMatchObject({ code: "not_approved" });
    }
    await expect(permitted("memory_write")).rejects.toMatchObject({ code: "denied" });
    const decided = told.flatMap((one) => (one.kind === "decision" ? [`${one.what}: ${one.outcome}`] : []));
    const denied = "memory_write by pay: denied";
    expect(decided).toEqual(["publish by pay: allowed", denied, "propose_skill by pay: allowed", denied]);
    for (const none of ["money", "file_write"]) expect(() => Policy.parse({ [none]: "ask" })).toThrow(none);
  });

  it("asks about a draft that came over MCP, where a person's own is published unasked", async () => {
    const { parts } = world.bench;
    const { policy } = parts;
    Object.assign(parts, { policy: Policy.parse({ publish: "auto" }) });
    try {
      const folder = await world.folder("drafts", { "d.md": `# Unasked\n\n${GOOD}\n` });
      const asked = { kind: "publish" as const, request: "Unasked", draft: join(folder, "d.md") };
      const over = await world.run({ ...asked, askedBy: "agent" });
      expect(over).toMatchObject({
        status: "waiting",
        approval: { operation: "publish", taint: [{ origin: "agent" }] },
      });
      expect(over.result?.article).toBeNull();
      expect(await world.run(asked)).toMatchObject({ status: "done", result: { article: { title: "Unasked" } } });
    } finally {
      Object.assign(parts, { policy });
    }
  });

  it("opens for a person's word on exactly this, once, and tells the audit of everything", async () => {
    const { context, told } = await audited();
    const asked: ApprovalQuestion[] = [];
    const ask = (question: ApprovalQuestion) => void asked.push(question);
    const [a, b] = [effect(1), effect(2)];
    for (const one of [a, b]) await expect(permit(context, one, ask)).rejects.toMatchObject({ code: "not_approved" });
    const ids = [...new Set(asked.map(({ id }) => id))];
    expect(asked[0]).toMatchObject({
      args: { amount: 1 },
      taint: [{ origin: "vm" }],
      why: expect.stringContaining("VM"),
    });
    await world.client.decide(context.runId, ids[0] ?? "", { decision: "approve" }, {});
    await permit(context, a, ask);
    await permit(context, a, ask);
    await expect(permit(context, { ...a, effectKey: "pay:again" }, ask)).rejects.toMatchObject({
      code: "invalid_grant",
    });
    await expect(permit(context, b, ask)).rejects.toMatchObject({ code: "not_approved" });
    const stolen = { ...context, runId: `${context.runId}-thief`, scope: context.scope };
    await expect(permit(stolen, a, ask)).rejects.toMatchObject({ code: "not_approved" });
    const edit = { decision: "edit" as const, args: { amount: 3 } };
    await expect(world.client.decide(context.runId, ids[1] ?? "", edit, {})).rejects.toMatchObject({
      code: "invalid_decision",
    });
    await expect(permit(context, { ...a, args: { text: "x".repeat(100_001) } }, ask)).rejects.toMatchObject({
      code: "too_large",
    });
    const events = told.flatMap((one) => (one.kind === "approval" ? [`${one.event} ${one.code ?? ""}`.trim()] : []));
    const unanswered = ["asked", "refused unanswered", "asked", "refused unanswered"];
    const expected = [...unanswered, ...unanswered, "used", "used", "refused used", ...unanswered, ...unanswered];
    expect(events).toEqual(expected);
  });
});

describe("agents that ask side by side", () => {
  it("are answered each by itself: one goes on, the other keeps waiting, and hears no", async () => {
    const { context, paid, drive } = await paying();
    const [one, two] = await drive();
    expect([one?.args, two?.args]).toEqual([{ to: "one" }, { to: "two" }]);
    await world.client.decide(context.runId, one?.id ?? "", { decision: "approve" }, {});
    expect((await drive()).map(({ args }) => args)).toEqual([{ to: "two" }]);
    expect((await drive()).map(({ args }) => args)).toEqual([{ to: "two" }]);
    expect(paid).toEqual(["one"]);
    const no = { decision: "reject" as const, message: "too much" };
    await world.client.decide(context.runId, two?.id ?? "", no, {});
    expect(await drive()).toEqual([]);
    expect(paid).toEqual(["one", "no: A person declined this. They said: too much Do not try it again."]);
  });

  /** A graph whose two nodes pay somebody at the same time, when a person lets them. */
  async function paying() {
    const context = await newContext();
    const paid: string[] = [];
    const pay = (to: string) => async () => {
      const effect = { operation: "egress_new_host" as const, tool: "pay", args: { to }, effectKey: `pay:${to}` };
      try {
        await permit(context, { ...effect, question: `Pay ${to}?` }, askInGraph);
        paid.push(to);
      } catch (error) {
        if (!(error instanceof RejectedByPerson)) throw error;
        paid.push(`no: ${error.message}`);
      }
      return {};
    };
    const builder = new StateGraph(Annotation.Root({ done: Annotation<boolean> }))
      .addNode("one", pay("one"))
      .addNode("two", pay("two"))
      .addEdge(START, "one")
      .addEdge(START, "two");
    const graph = builder.compile({ checkpointer: new MemorySaver() });
    const agent = { graph, invoke: graph.invoke.bind(graph) } as unknown as Vibewriter;
    /** As a run is driven: what it waits for then. */
    const drive = async () => {
      const rest = await runGraph(agent, {
        thread: "side by side",
        said: async () => ({ turns: [] }),
        signal: new AbortController().signal,
        isAnswered: ({ id }) => context.approvals.isSettled(context.runId, id),
      });
      return rest.state === "ended" ? [] : rest.questions.map((question) => ApprovalQuestion.parse(question));
    };
    return { context, paid, drive };
  }
});

describe("a token that is not for this", () => {
  it("opens nothing, and the audit hears of it: another key's, changed, stolen, for other arguments, expired, or none", async () => {
    const told: AuditEntry[] = [];
    const audit = { record: (entry: AuditEntry) => void told.push(entry), written: async () => undefined };
    const context = { ...(await newContext()), audit };
    const thief = await newContext();
    const { runId, scope } = context;
    const tool = "pay";
    const key = await ApprovalKey.open(join(world.base.home, "keys", "approvals.pem"));
    const stranger = await ApprovalKey.open(join(world.base.home, "stranger.pem"));
    const hashOf = (n: number) => argsHashOf({ tool, args: { amount: n }, names: {}, scope });
    const now = new Date();
    const issue = (by: ApprovalKey, n: number, o: { run?: string; lifetimeMs?: number } = {}) => {
      const { run = runId, lifetimeMs = 60_000 } = o;
      return issueGrant(by, { runId: run, tool, argsHash: hashOf(n), now, lifetimeMs });
    };
    const own = issue(key, 2);
    const planted = [
      issue(stranger, 1),
      { ...own, payload: { ...own.payload, expiresAt: "2036-01-01T00:00:00.000Z" } },
      issue(key, 3, { run: thief.runId }),
      issue(key, 40),
      undefined,
    ];
    const records = await world.base.backbone.records("VIBEWRITER_APPROVALS", Approval);
    const plant = (n: number, grant: Grant | undefined) => {
      const [argsHash, at] = [hashOf(n), now.toISOString()];
      const record = { runId, scope, tool, argsHash, state: "granted" as const, grant, createdAt: at, decidedAt: at };
      return records.put(`${runId}.${argsHash}`, record);
    };
    const pay = (n: number) => {
      const effect = { operation: "egress_new_host" as const, tool, args: { amount: n }, effectKey: `pay:${n}` };
      return permit(context, { ...effect, question: `Pay ${n}?` }, nobody);
    };
    for (const [i, grant] of planted.entries()) {
      await plant(i + 1, grant);
      await expect(pay(i + 1)).rejects.toMatchObject({ code: "invalid_grant" });
    }
    await plant(6, issue(key, 6, { lifetimeMs: -1 }));
    await expect(pay(6)).rejects.toMatchObject({ code: "not_approved" });
    const codes = told.flatMap((one) => (one.kind === "approval" && one.event === "refused" ? [one.code] : []));
    expect(codes).toEqual([...planted.map(() => "invalid_grant"), "expired", "unanswered", "unanswered"]);
    expect(told.some((one) => one.kind === "approval" && one.event === "used")).toBe(false);
    await plant(7, issue(key, 7));
    await pay(7);
  });
});

describe("read_source", () => {
  it("reads the run's own sources and what a search has found, nothing else on the machine or the network", async () => {
    const { sources } = await newContext();
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
      backbone: world.base.backbone,
      choir: world.choir,
      path: join(world.out, "ledger.sqlite"),
    });
    const publish = async (o: Partial<ToolContext>) => {
      const context = await newContext({ yes: true });
      const filepath = await draftOf(context, `# Staked ${count}\n\n${GOOD}\n`);
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

describe("the signature of a report", () => {
  const draft = `# T\n\n${GOOD}\n\n${WRONG}\n`;
  const records = () => world.bench.parts.verifications;
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const keyOf = (context: ToolContext, text: string) => `${context.runId}.${sha256(text)}`;

  async function recordOf(context: ToolContext, text: string): Promise<VerificationRecord & { sealed: SealedReport }> {
    const record = (await records().get(keyOf(context, text)))?.value;
    if (record?.sealed === undefined) throw new Error("It is not sealed.");
    return { ...record, sealed: record.sealed };
  }

  /** Lays a report, and whatever record an attacker likes, where the host's own are. */
  async function plant(context: ToolContext, text: string, report: string, record: VerificationRecord): Promise<void> {
    const name = `${context.agentId}/drafts/${context.runId}/${sha256(text)}.verification.json`;
    await world.base.backbone.files.put(name, new TextEncoder().encode(report));
    await records().put(keyOf(context, text), record);
  }

  const passing = (text: string) =>
    JSON.stringify(checkCitations(text.replace("$900", "$500"), [])).replaceAll("not_found", "supported");

  it("holds for what was checked here, for thirty days", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, `# T\n\n${GOOD}\n`);
    const record = await recordOf(context, `# T\n\n${GOOD}\n`);
    expect(record.sealed.statement).toMatchObject({
      runId: context.runId,
      citations: { rate: 1 },
      coverage: { share: 1 },
    });
    expect(Object.keys(record.sealed.statement.sources)).toHaveLength((await context.sources.list()).length);
    const now = vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31 * 24 * 3_600_000 });
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "report_too_old" });
    now.useRealTimers();
    await expect(publishDraft(context, path, nobody)).resolves.toMatchObject({ first: true });
  });

  it("does not hold for a report that was edited, with or without its hash", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, draft);
    const record = await recordOf(context, draft);
    const report = passing(draft);
    for (const reportSha256 of [record.reportSha256, sha256(report)]) {
      await plant(context, draft, report, { ...record, reportSha256 });
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    }
  });

  it("does not hold when it is forged: by another key, or not there", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, draft);
    const record = await recordOf(context, draft);
    const report = passing(draft);
    const stranger = await ApprovalKey.open(join(world.base.home, "stranger.pem"), "report");
    const unknown = new ReportSeal({
      key: stranger,
      checkers: { all: async () => [], register: async () => undefined },
      host: "x",
    });
    const { version: _, checkedAt: __, ...found } = record.sealed.statement;
    const sealed = await unknown.seal({ ...found, reportSha256: sha256(report) });
    for (const forged of [sealed, undefined]) {
      await plant(context, draft, report, { ...record, reportSha256: sha256(report), sealed: forged });
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    }
  });

  it("does not hold when it is another draft's, or another run's on the same draft", async () => {
    const good = `# Good\n\n${GOOD}\n`;
    const [context, other] = [await newContext({ yes: true }), await newContext({ yes: true })];
    const path = await draftOf(context, draft);
    await check(context, path, good);
    const report = JSON.stringify(checkCitations(good, await context.sources.texts()));
    await plant(context, draft, report, { ...(await recordOf(context, good)), draftSha256: sha256(draft) });
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    const theirs = await draftOf(other, good);
    await plant(other, good, report, { ...(await recordOf(context, good)), runId: other.runId });
    await expect(publishDraft(other, theirs, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    expect((await world.choir.list()).map(({ title }) => title)).not.toContain("Good");
  });

  it("does not hold when a source's text is another one by now", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, `# T\n\n${GOOD}\n`);
    const { list } = context.sources;
    const changed = async () =>
      (await list.call(context.sources)).map((one) => ({ ...one, textSha256: "0".repeat(64) }));
    const replaced = vi.spyOn(context.sources, "list").mockImplementation(changed);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    replaced.mockRestore();
  });

  it("of another host of the same home is as good, once that host is known", async () => {
    const context = await newContext({ yes: true });
    const path = await draftOf(context, `# Elsewhere\n\n${GOOD}\n`);
    const record = await recordOf(context, `# Elsewhere\n\n${GOOD}\n`);
    const checkers = new Approvers(await world.base.backbone.records("VIBEWRITER_CHECKERS", Approver));
    const key = await ApprovalKey.open(join(world.base.home, "elsewhere.pem"), "report");
    const { version: _, checkedAt: __, ...found } = record.sealed.statement;
    const sealed = await new ReportSeal({ key, checkers, host: "elsewhere" }).seal(found);
    await records().put(keyOf(context, `# Elsewhere\n\n${GOOD}\n`), { ...record, sealed });
    await expect(publishDraft(context, path, nobody)).resolves.toMatchObject({ first: true });
  });
});
