import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Records } from "@vibewriter/backbone";
import { z } from "zod";
import { Approval, argsHashOf, GrantUse, questionId } from "../../src/approvals/approval.js";
import { Approvals } from "../../src/approvals/approvals.js";
import { Approver, Approvers } from "../../src/approvals/approvers.js";
import { issueGrant } from "../../src/approvals/grant.js";
import { HomeKey } from "../../src/home-key.js";
import type { ApprovalQuestion } from "../../src/runs/record.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

const TOOL = "publish_to_choir";
let base: TestBackbone;
let key: HomeKey;
let records: Records<Approval>;
let uses: Records<GrantUse>;
let approvers: Approvers;
let now: Date;
let approvals: Approvals;
let run = 0;

beforeAll(async () => {
  base = await testBackbone();
  key = await HomeKey.open(join(base.home, "keys", "approvals.pem"), "approval");
  records = await base.backbone.records("TEST_APPROVALS", Approval);
  uses = await base.backbone.records("TEST_GRANTS", GrantUse);
  approvers = new Approvers(await base.backbone.records("TEST_APPROVERS", Approver));
});
afterAll(async () => {
  await base[Symbol.asyncDispose]();
});
beforeEach(() => {
  now = new Date("2026-11-22T10:00:00Z");
  approvals = new Approvals({ key, records, uses, approvers, now: () => now });
  run++;
});

const names = { draftSha256: "d".repeat(64) };

function effect(filepath: string, runId = `run-${run}`) {
  const argsHash = argsHashOf({ tool: TOOL, args: { filepath }, names, scope: runId });
  return { runId, scope: runId, tool: TOOL, argsHash, filepath, effectKey: `publish:${runId}:${filepath}` };
}

function question({ argsHash, filepath }: ReturnType<typeof effect>): ApprovalQuestion {
  const id = questionId(argsHash);
  const about = { operation: "publish" as const, tool: TOOL, question: "Publish?", why: "It is asked.", taint: [] };
  return { id, ...about, args: { filepath }, names };
}

async function approve(of: ReturnType<typeof effect>) {
  await approvals.ask(of, question(of));
  return (await approvals.decide(of.runId, questionId(of.argsHash), { decision: "approve" }, "test")).approval;
}

describe("approvals", () => {
  it("lets nothing through that nobody has answered, asked or not", async () => {
    const publish = effect("a");
    expect(await approvals.claim(publish)).toEqual({ state: "unanswered" });
    await approvals.ask(publish, question(publish));
    expect(await approvals.claim(publish)).toEqual({ state: "unanswered" });
  });

  it("are asked by an id that nobody finds a second call for", async () => {
    const publish = effect("a");
    const { question: asked } = await approve(publish);
    expect(asked.id).toMatch(/^[0-9a-f]{32}$/);
    expect(publish.argsHash.startsWith(asked.id)).toBe(true);
  });

  it("lets an approved effect through, and again for the same effect after a crash", async () => {
    const publish = effect("a");
    await approve(publish);
    expect(await approvals.claim(publish)).toMatchObject({ state: "granted" });
    const afterCrash = new Approvals({ key, records, uses, approvers, now: () => new Date("2027-01-01T00:00:00Z") });
    expect(await afterCrash.claim(publish)).toMatchObject({ state: "granted" });
  });

  it("lets through what a registered approver of another host has allowed, and nobody else", async () => {
    const publish = effect("a");
    const other = await HomeKey.open(join(base.home, "keys", `other-${run}.pem`), "approval");
    const there = new Approvals({ key: other, records, uses, approvers, now: () => now });
    await there.ask(publish, question(publish));
    await there.decide(publish.runId, questionId(publish.argsHash), { decision: "approve" }, "test");
    expect(await approvals.claim(publish)).toMatchObject({ state: "refused", code: "invalid_grant" });
    await approvers.register(other.publicKey, "there");
    const known = await approvers.all();
    await approvers.register(other.publicKey, "there");
    expect(await approvers.all()).toHaveLength(known.length);
    // Whatever else lies among the keys, what is no key and what is no record, takes nobody's word away.
    const bucket = await base.backbone.records("TEST_APPROVERS", z.looseObject({}));
    for (const [key, odd] of Object.entries({
      text: { publicKey: "no key", host: "x", at: "now" },
      other: { no: "record" },
    })) {
      await bucket.put(`odd-${run}-${key}`, odd);
    }
    expect(await approvers.all()).toHaveLength(known.length);
    expect(await approvals.claim(publish)).toMatchObject({ state: "granted" });
  });

  it("refuses a grant that is used for another effect", async () => {
    const publish = effect("a");
    await approve(publish);
    await approvals.claim(publish);
    const replayed = await approvals.claim({ ...publish, effectKey: "publish:other" });
    expect(replayed).toMatchObject({ state: "refused", code: "used" });
  });

  it("gives a grant to one of many that race for it", async () => {
    const publish = effect("a");
    await approve(publish);
    const claims = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => approvals.claim({ ...publish, effectKey: `publish:${n}` }));
    const states = (await Promise.all(claims)).map(({ state }) => state);
    expect(states.filter((state) => state === "granted")).toHaveLength(1);
  });

  it("does not extend a grant to edited arguments or to another run", async () => {
    const publish = effect("a");
    await approve(publish);
    expect(await approvals.claim(effect("a, edited"))).toEqual({ state: "unanswered" });
    expect(await approvals.claim(effect("a", `${publish.runId}-other`))).toEqual({ state: "unanswered" });
  });

  it("refuses a grant that was copied to other arguments, another run or another tool", async () => {
    const publish = effect("a");
    const { grant } = await approve(publish);
    for (const stolen of [effect("b"), effect("a", `${publish.runId}-thief`), { ...effect("c"), tool: "pay" }]) {
      const { runId, tool, argsHash } = stolen;
      await records.put(`${runId}.${argsHash}`, {
        runId,
        tool,
        argsHash,
        state: "granted",
        grant,
        createdAt: now.toISOString(),
      });
      expect(await approvals.claim(stolen)).toMatchObject({ state: "refused", code: "invalid_grant" });
    }
  });

  it("refuses a forged grant: none, another key's, or a changed one", async () => {
    const stranger = await HomeKey.open(join(base.home, "stranger.pem"), "approval");
    const publish = effect("a");
    const { runId, tool, argsHash } = publish;
    const foreign = issueGrant(stranger, { runId, tool, argsHash, now, lifetimeMs: 60_000 });
    const own = issueGrant(key, { runId, tool, argsHash, now, lifetimeMs: 60_000 });
    const stretched = { ...own, payload: { ...own.payload, expiresAt: "2036-01-01T00:00:00.000Z" } };
    for (const grant of [
      undefined,
      foreign,
      stretched,
      { ...own, signature: "" },
      { ...own, signature: "A".repeat(86) },
    ]) {
      await records.put(`${runId}.${argsHash}`, {
        runId,
        tool,
        argsHash,
        state: "granted",
        grant,
        createdAt: now.toISOString(),
      });
      expect(await approvals.claim(publish)).toMatchObject({ state: "refused", code: "invalid_grant" });
    }
  });

  it("refuses a grant after its time, and asks anew", async () => {
    const publish = effect("a");
    await approve(publish);
    now = new Date("2026-11-23T10:00:01Z");
    expect(await approvals.claim(publish)).toMatchObject({ state: "refused", code: "expired" });
    await approve(publish);
    expect(await approvals.claim(publish)).toMatchObject({ state: "granted" });
  });

  it("keeps a rejection with its words, and takes one answer to a question", async () => {
    const publish = effect("a");
    const id = questionId(publish.argsHash);
    await approvals.ask(publish, question(publish));
    await approvals.decide(publish.runId, id, { decision: "reject", message: "not yet" }, "test");
    expect(await approvals.claim(publish)).toMatchObject({ state: "rejected", message: "not yet" });
    const late = approvals.decide(publish.runId, id, { decision: "approve" }, "test");
    await expect(late).rejects.toMatchObject({ code: "approval_decided" });
    expect(await approvals.claim(publish)).toMatchObject({ state: "rejected", message: "not yet" });
    const unknown = approvals.decide(publish.runId, "0000", { decision: "approve" }, "test");
    await expect(unknown).rejects.toMatchObject({ code: "approval_not_found" });
  });

  it("lets a person change the arguments, by a grant of its own over exactly these, and nothing else", async () => {
    const publish = effect("a");
    await approvals.ask(publish, question(publish));
    const id = questionId(publish.argsHash);
    const edit = { decision: "edit" as const, args: { filepath: "b" } };
    expect((await approvals.decide(publish.runId, id, edit, "test")).isFirst).toBe(true);
    expect((await approvals.decide(publish.runId, id, edit, "test")).isFirst).toBe(false);
    expect(await approvals.claim(publish)).toEqual({ state: "edited", args: { filepath: "b" } });
    expect(await approvals.claim(effect("b"))).toMatchObject({ state: "granted" });
    expect(await approvals.claim(effect("c"))).toEqual({ state: "unanswered" });
    // Whoever writes the bucket can point elsewhere, and has no grant for what is there.
    const at = `${publish.runId}.${publish.argsHash}`;
    const [record] = (await records.list()).filter(({ key }) => key === at);
    if (record === undefined) throw new Error("It is not there.");
    await records.put(at, { ...record.value, edited: { filepath: "c" } });
    expect(await approvals.claim(publish)).toEqual({ state: "edited", args: { filepath: "c" } });
    expect(await approvals.claim(effect("c"))).toEqual({ state: "unanswered" });
  });

  it("takes no answer to a question that is not about what it would allow, and asks that one anew", async () => {
    const evil = effect("evil");
    const shown = { ...question(effect("harmless")), id: questionId(evil.argsHash) };
    const { runId, scope, tool, argsHash } = evil;
    const planted = { runId, scope, tool, argsHash, state: "pending" as const, createdAt: now.toISOString() };
    const expiresAt = new Date(now.getTime() + 60_000).toISOString();
    await records.put(`${runId}.${argsHash}`, { ...planted, question: { ...shown, expiresAt } });
    const yes = () => approvals.decide(runId, shown.id, { decision: "approve" }, "test");
    await expect(yes()).rejects.toMatchObject({ code: "approval_expired" });
    expect(await approvals.claim(evil)).toEqual({ state: "unanswered" });
    expect(await approvals.isSettled(runId, shown.id)).toBe(true);
    expect(await approvals.ask(evil, question(evil))).toMatchObject({ args: { filepath: "evil" } });
    expect(await approvals.isSettled(runId, shown.id)).toBe(false);
  });

  it("takes no answer after a week, and asks anew", async () => {
    const publish = effect("a");
    await approvals.ask(publish, question(publish));
    now = new Date("2026-11-29T10:00:01Z");
    const id = questionId(publish.argsHash);
    const late = approvals.decide(publish.runId, id, { decision: "approve" }, "test");
    await expect(late).rejects.toMatchObject({ code: "approval_expired" });
    expect(await approvals.claim(publish)).toEqual({ state: "unanswered" });
    await approve(publish);
    expect(await approvals.claim(publish)).toMatchObject({ state: "granted" });
  });

  it("takes --yes for one publication of that run, and asks about a second one", async () => {
    const first = effect("a");
    await approvals.allowOnce(first.runId, TOOL, "--yes");
    expect(await approvals.claim({ ...first, tool: "pay" })).toEqual({ state: "unanswered" });
    expect(await approvals.claim(first)).toMatchObject({ state: "granted" });
    expect(await approvals.claim(first)).toMatchObject({ state: "granted" });
    await approvals.allowOnce(first.runId, TOOL, "--yes");
    expect(await approvals.claim(effect("b"))).toEqual({ state: "unanswered" });
    expect(await approvals.claim(effect("a", `${first.runId}-other`))).toEqual({ state: "unanswered" });
  });
});

describe("whether something is allowed for a wish of the person", () => {
  const allowed = (scope: string) => approvals.isAllowed({ runId: `run-${run}`, scope, tool: TOOL });
  const [first, later] = [() => `run-${run}`, () => `run-${run}.2`];

  it("is known by what was allowed for that one, and by no earlier turn's word", async () => {
    await approve(effect("a"));
    expect([await allowed(first()), await allowed(later())]).toEqual([true, false]);
    await approvals.allowOnce(later(), TOOL, "--yes");
    expect(await allowed(later())).toBe(true);
    expect(await approvals.isAllowed({ runId: `run-${run}`, scope: later(), tool: "pay" })).toBe(false);
  });

  it("is over with the time of a grant that nobody used, and stays where it was used in time", async () => {
    const publish = effect("a");
    await approve(publish);
    now = new Date("2026-11-23T10:00:01Z");
    expect(await allowed(first())).toBe(false);
    await approve(publish);
    await approvals.claim(publish);
    now = new Date("2026-12-24T10:00:00Z");
    expect(await allowed(first())).toBe(true);
  });

  it("is not known by a record that somebody has moved to it", async () => {
    const { argsHash, runId } = effect("a");
    const approval = await approve(effect("a"));
    await records.put(`${runId}.${argsHash}`, { ...approval, scope: later() });
    expect(await allowed(later())).toBe(false);
  });
});

describe("the approval key", () => {
  it("is made once, readable by its owner only, whoever comes first", async () => {
    const path = join(base.home, "race", "approvals.pem");
    const keys = await Promise.all([1, 2, 3, 4].map(() => HomeKey.open(path, "approval")));
    const signature = keys[0]?.sign("x") ?? "";
    expect(keys.map((one) => one.verify("x", signature))).toEqual([true, true, true, true]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toContain("PRIVATE KEY");
  });

  it("is refused when others can read it or it is no key", async () => {
    const path = join(base.home, "open.pem");
    await HomeKey.open(path, "approval");
    await chmod(path, 0o644);
    await expect(HomeKey.open(path, "approval")).rejects.toMatchObject({ code: "output_failed" });
    await writeFile(path, "rubbish");
    await chmod(path, 0o600);
    await expect(HomeKey.open(path, "approval")).rejects.toMatchObject({ code: "output_failed" });
  });
});
