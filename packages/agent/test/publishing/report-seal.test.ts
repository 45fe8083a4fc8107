import { createHash } from "node:crypto";
import { join } from "node:path";
import { checkCitations } from "@vibewriter/evidence";
import { Approver, Approvers } from "../../src/approvals/approvers.js";
import { HomeKey } from "../../src/home-key.js";
import { publishDraft } from "../../src/publishing/publish.js";
import { ReportSeal, type SealedReport } from "../../src/publishing/report-seal.js";
import type { VerificationRecord } from "../../src/publishing/verifications.js";
import type { ToolContext } from "../../src/tools/context.js";
import { Drafts, GOOD, nobody, WRONG } from "../support/drafts.js";

let drafts: Drafts;
beforeAll(async () => {
  drafts = await Drafts.open();
});
afterAll(() => drafts[Symbol.asyncDispose]());

describe("the signature of a report", () => {
  const draft = `# T\n\n${GOOD}\n\n${WRONG}\n`;
  const records = () => drafts.world.bench.parts.verifications;
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
    await drafts.world.base.backbone.files.put(name, new TextEncoder().encode(report));
    await records().put(keyOf(context, text), record);
  }

  const passing = (text: string) =>
    JSON.stringify(checkCitations(text.replace("$900", "$500"), [])).replaceAll("not_found", "supported");

  it("holds for what was checked here, for thirty days", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, `# T\n\n${GOOD}\n`);
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
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, draft);
    const record = await recordOf(context, draft);
    const report = passing(draft);
    for (const reportSha256 of [record.reportSha256, sha256(report)]) {
      await plant(context, draft, report, { ...record, reportSha256 });
      await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    }
  });

  it("does not hold when it is forged: by another key, or not there", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, draft);
    const record = await recordOf(context, draft);
    const report = passing(draft);
    const stranger = await HomeKey.open(join(drafts.world.base.home, "stranger.pem"), "report");
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
    const [context, other] = [await drafts.newContext({ yes: true }), await drafts.newContext({ yes: true })];
    const path = await drafts.draftOf(context, draft);
    await drafts.check(context, path, good);
    const report = JSON.stringify(checkCitations(good, await context.sources.texts()));
    await plant(context, draft, report, { ...(await recordOf(context, good)), draftSha256: sha256(draft) });
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    const theirs = await drafts.draftOf(other, good);
    await plant(other, good, report, { ...(await recordOf(context, good)), runId: other.runId });
    await expect(publishDraft(other, theirs, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    expect((await drafts.world.choir.list()).map(({ title }) => title)).not.toContain("Good");
  });

  it("does not hold when a source's text is another one by now", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, `# T\n\n${GOOD}\n`);
    const { list } = context.sources;
    const changed = async () =>
      (await list.call(context.sources)).map((one) => ({ ...one, textSha256: "0".repeat(64) }));
    const replaced = vi.spyOn(context.sources, "list").mockImplementation(changed);
    await expect(publishDraft(context, path, nobody)).rejects.toMatchObject({ code: "invalid_report" });
    replaced.mockRestore();
  });

  it("of another host of the same home is as good, once that host is known", async () => {
    const context = await drafts.newContext({ yes: true });
    const path = await drafts.draftOf(context, `# Elsewhere\n\n${GOOD}\n`);
    const record = await recordOf(context, `# Elsewhere\n\n${GOOD}\n`);
    const checkers = new Approvers(await drafts.world.base.backbone.records("VIBEWRITER_CHECKERS", Approver));
    const key = await HomeKey.open(join(drafts.world.base.home, "elsewhere.pem"), "report");
    const { version: _, checkedAt: __, ...found } = record.sealed.statement;
    const sealed = await new ReportSeal({ key, checkers, host: "elsewhere" }).seal(found);
    await records().put(keyOf(context, `# Elsewhere\n\n${GOOD}\n`), { ...record, sealed });
    await expect(publishDraft(context, path, nobody)).resolves.toMatchObject({ first: true });
  });
});
