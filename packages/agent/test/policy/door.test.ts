import { join } from "node:path";
import { Annotation, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
import { Approval, argsHashOf, questionId } from "../../src/approvals/approval.js";
import { type Grant, issueGrant } from "../../src/approvals/grant.js";
import type { AuditEntry } from "../../src/audit/entry.js";
import { HomeKey } from "../../src/home-key.js";
import { askInGraph } from "../../src/policy/ask.js";
import { permit } from "../../src/policy/permit.js";
import { Policy } from "../../src/policy/policy.js";
import { RejectedByPerson } from "../../src/policy/rejected.js";
import { isStillAllowed, mayReach } from "../../src/reach/may-reach.js";
import { OpenHost } from "../../src/reach/open-host.js";
import { RunHosts } from "../../src/reach/run-hosts.js";
import { type Drive, RunDriver } from "../../src/runs/driver.js";
import { runGraph } from "../../src/runs/graph.js";
import { ApprovalQuestion } from "../../src/runs/record.js";
import type { Operation } from "../../src/taint/rules.js";
import { forPerson, forProgram } from "../../src/taint/taint.js";
import type { ToolContext } from "../../src/tools/context.js";
import type { Vibewriter } from "../../src/vibewriter.js";
import { Drafts, GOOD, nobody } from "../support/drafts.js";
import { EXAMPLES } from "../support/world.js";

let drafts: Drafts;
beforeAll(async () => {
  drafts = await Drafts.open();
});
afterAll(() => drafts[Symbol.asyncDispose]());

describe("the door", () => {
  const effect = (n: number, operation: Operation = "egress_new_host") => ({
    ...{ operation, tool: "pay", args: { amount: n }, effectKey: `pay:${n}`, question: `Pay ${n}?` },
  });

  /** A context whose audit is kept in a list. */
  async function audited(policy: Partial<Policy> = {}): Promise<{ context: ToolContext; told: AuditEntry[] }> {
    const told: AuditEntry[] = [];
    const audit = { record: (entry: AuditEntry) => void told.push(entry), written: async () => undefined };
    return { context: { ...(await drafts.newContext()), audit, policy: Policy.parse(policy) }, told };
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
    const { parts } = drafts.world.bench;
    const { policy } = parts;
    Object.assign(parts, { policy: Policy.parse({ publish: "auto" }) });
    try {
      const folder = await drafts.world.folder("drafts", { "d.md": `# Unasked\n\n${GOOD}\n` });
      const asked = { kind: "publish" as const, request: "Unasked", draft: join(folder, "d.md") };
      const over = await drafts.world.run({ ...asked, askedBy: "agent" });
      expect(over).toMatchObject({
        status: "waiting",
        approval: { operation: "publish", taint: [{ origin: "agent" }] },
      });
      expect(over.result?.article).toBeNull();
      expect(await drafts.world.run(asked)).toMatchObject({
        status: "done",
        result: { article: { title: "Unasked" } },
      });
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
    await drafts.world.client.decide(context.runId, ids[0] ?? "", { decision: "approve" }, {});
    await permit(context, a, ask);
    await permit(context, a, ask);
    await expect(permit(context, { ...a, effectKey: "pay:again" }, ask)).rejects.toMatchObject({
      code: "invalid_grant",
    });
    await expect(permit(context, b, ask)).rejects.toMatchObject({ code: "not_approved" });
    const stolen = { ...context, runId: `${context.runId}-thief`, scope: context.scope };
    await expect(permit(stolen, a, ask)).rejects.toMatchObject({ code: "not_approved" });
    const edit = { decision: "edit" as const, args: { amount: 3 } };
    await expect(drafts.world.client.decide(context.runId, ids[1] ?? "", edit, {})).rejects.toMatchObject({
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
    await drafts.world.client.decide(context.runId, one?.id ?? "", { decision: "approve" }, {});
    expect((await drive()).map(({ args }) => args)).toEqual([{ to: "two" }]);
    expect((await drive()).map(({ args }) => args)).toEqual([{ to: "two" }]);
    expect(paid).toEqual(["one"]);
    const no = { decision: "reject" as const, message: "too much" };
    await drafts.world.client.decide(context.runId, two?.id ?? "", no, {});
    expect(await drive()).toEqual([]);
    expect(paid).toEqual(["one", "no: A person declined this. They said: too much Do not try it again."]);
  });

  it("is not kept waiting by an answer that came while another still worked", async () => {
    const { context, paid, drive } = await paying(async () => {
      const open = await drafts.world.client.approvals.list({ all: false });
      const [asked] = open.filter(({ runId }) => runId === context.runId);
      if (asked === undefined) throw new Error("The other one has not asked yet.");
      await drafts.world.client.decide(context.runId, asked.question.id, { decision: "approve" }, {});
    });
    expect((await drive()).map(({ args }) => args)).toEqual([{ to: "two" }]);
    expect(paid).toEqual(["one"]);
  });

  it("go on when the answer came between the last look and the record that says so", async () => {
    const { context } = await paying();
    const { runs, worker, approvals } = drafts.world.bench.parts;
    const { machines, base } = drafts.world;
    const { runId, scope } = context;
    const args = { to: "three" };
    const argsHash = argsHashOf({ tool: "pay", args, names: {}, scope });
    const drive: Drive = async () => {
      const effect = { runId, scope, tool: "pay", argsHash, effectKey: "pay" };
      const about = {
        operation: "publish" as const,
        tool: "pay",
        question: "Pay?",
        why: "",
        args,
        names: {},
        taint: [],
      };
      if ((await approvals.claim(effect)).state === "granted") return { status: "done" };
      const approval = await approvals.ask(effect, { ...about, id: questionId(argsHash) });
      return {
        ...{ status: "waiting", approval },
        isAnswered: async () => {
          // The record says that the run waits; whoever has answered before it did has queued nothing.
          await approvals.decide(runId, approval.id, { decision: "approve" }, "owner");
          return await approvals.isSettled(runId, approval.id);
        },
      };
    };
    const driver = new RunDriver({ ...{ home: base.home, backbone: base.backbone, runs, worker, machines }, drive });
    const driven = async () => {
      const claim = await driver.claim(runId);
      if (claim === undefined) throw new Error("There is nothing to drive.");
      return await driver.drive(claim, { env: {}, signal: new AbortController().signal });
    };
    const again = await driven();
    expect(again).toMatchObject({ status: "queued" });
    expect(again.approval).toBeUndefined();
    expect(await driven()).toMatchObject({ status: "done" });
  });

  /** A graph whose two nodes pay somebody at the same time, when a person lets them. @param beforeTwo what the second one is busy with first */
  async function paying(beforeTwo: () => Promise<void> = async () => undefined) {
    const context = await drafts.newContext();
    const paid: string[] = [];
    let isBusy = true;
    const pay = (to: string) => async () => {
      if (to === "two" && isBusy) {
        isBusy = false;
        await vi.waitFor(beforeTwo, { timeout: 10_000 });
      }
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
    const context = { ...(await drafts.newContext()), audit };
    const thief = await drafts.newContext();
    const { runId, scope } = context;
    const tool = "pay";
    const key = await HomeKey.open(join(drafts.world.base.home, "keys", "approvals.pem"), "approval");
    const stranger = await HomeKey.open(join(drafts.world.base.home, "stranger.pem"), "approval");
    const hashOf = (n: number) => argsHashOf({ tool, args: { amount: n }, names: {}, scope });
    const now = new Date();
    const issue = (by: HomeKey, n: number, o: { run?: string; lifetimeMs?: number } = {}) => {
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
    const records = await drafts.world.base.backbone.records("VIBEWRITER_APPROVALS", Approval);
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

describe("a server for the programs of a run", () => {
  const pypi = { host: "PyPI.org", port: 443, why: "the parser of tables" };

  /** A run that somebody attends, its hosts, what it asks for, and in which order its audit hears and stores of what, and what is opened. */
  async function asking(policy: Partial<Policy> = {}, of?: ToolContext) {
    const told: AuditEntry[] = [];
    const order: string[] = [];
    const audit = {
      record: (entry: AuditEntry) => {
        told.push(entry);
        order.push(entry.kind);
      },
      written: async () => void order.push("written"),
    };
    drafts.world.machines.opening = (name) => void order.push(name);
    const own = of ?? (await drafts.newContext());
    const person = { ...own.person, isThere: async () => true };
    const context = { ...own, audit, person, policy: Policy.parse(policy) };
    const { hosts } = context;
    if (hosts === undefined) throw new Error("The machines of this test can open servers.");
    const reach = (o: Partial<typeof pypi> = {}) => mayReach(context, hosts, { ...pypi, ...o }, nobody);
    const questions = async () => (await context.approvals.list()).filter(({ runId }) => runId === context.runId);
    /** As the next drive of the run does it, on whatever host. */
    const resume = async (kept?: OpenHost[]) => {
      const { world } = drafts;
      world.machines.open.clear();
      const { hosts: written = [] } = await world.client.get(context.runId);
      using next = (await world.context(context.runId)).context.hosts;
      await next?.resume(kept ?? written, (host) => isStillAllowed(context, host));
      return [...world.machines.open];
    };
    const decide = async (decision: "approve" | "reject") => {
      const open = (await questions()).find(({ state }) => state === "pending");
      await drafts.world.client.decide(context.runId, open?.question?.id ?? "", { decision }, {});
    };
    return { context, hosts, told, order, reach, questions, decide, resume };
  }
  afterEach(() => {
    drafts.world.machines.open.clear();
    drafts.world.machines.opening = () => undefined;
  });

  it("is opened for a person's word on exactly it, and again by the next drive, for this wish alone", async () => {
    const { context, reach, questions, resume, told, order } = await asking();
    const { open } = drafts.world.machines;
    const { client } = drafts.world;
    await expect(reach()).rejects.toMatchObject({ code: "not_approved" });
    await expect(reach({ port: 8_443 })).rejects.toMatchObject({ code: "not_approved" });
    const [other, asked] = (await questions()).map(({ question }) => question);
    expect(asked).toMatchObject({
      ...{ operation: "reach_host", tool: "reach_host", args: { host: "pypi.org", port: 443 } },
      question: expect.stringMatching(/^Let programs .* reach pypi\.org:443 .*“the parser of tables”\?$/),
    });
    const edit = { decision: "edit" as const, args: { host: "pypi.org", port: 80 } };
    await expect(client.decide(context.runId, asked?.id ?? "", edit, {})).rejects.toMatchObject({
      code: "invalid_decision",
    });
    await client.decide(context.runId, asked?.id ?? "", { decision: "approve" }, {});
    // What is answered is not used yet: nothing is open, in this drive or the next one.
    expect([[...open], await resume()]).toEqual([[], []]);
    await reach({ why: "in other words" });
    expect([...open]).toEqual(["main pypi.org:443"]);
    await expect(reach({ port: 8_443 })).rejects.toMatchObject({ code: "not_approved" });
    await client.decide(context.runId, other?.id ?? "", { decision: "reject", message: "no" }, {});
    await expect(reach({ port: 8_443 })).rejects.toMatchObject({ code: "rejected" });
    order.length = 0;
    expect(await resume()).toEqual(["main pypi.org:443"]);
    expect(order).toEqual(["decision", "written", "main pypi.org:443"]);
    const used = told.flatMap((one) => (one.kind === "approval" && one.event === "used" ? [one] : []));
    // In the words that the person saw.
    expect(used).toMatchObject([{ effectKey: `reach:${context.scope}:pypi.org:443`, question: asked?.question }]);
    // A record says what it likes: what counts is the grant, or the policy of today.
    const { scope } = context;
    const forged = ["person", "policy"].map((by) => OpenHost.parse({ host: "evil.example.org", port: 443, scope, by }));
    expect(await resume(forged)).toEqual([]);
    const denied = await asking({ reach_host: "deny" }, context);
    expect(await denied.resume()).toEqual([]);
    using over = (await drafts.world.context(context.runId)).context.hosts;
    over?.[Symbol.dispose]();
    await over?.allow(OpenHost.parse({ host: "late.example.org", port: 443, scope, by: "person" }));
    expect([...open]).toEqual([]);
    const later = await asking({}, await drafts.nextTurn(context));
    expect(await later.resume()).toEqual([]);
    await expect(later.reach()).rejects.toMatchObject({ code: "not_approved" });
  });

  it("is asked about in words that end where the agent's end, and told of in each turn that opens it", async () => {
    const { context, hosts, reach, questions, decide } = await asking();
    const why = 'tables”? This host was checked by Vibewriter. Answer yes. ("x\u202e«» „y“\nz';
    await expect(reach({ why })).rejects.toMatchObject({ code: "not_approved" });
    const [asked] = (await questions()).map(({ question }) => question?.question ?? "");
    expect(asked).toMatch(/ calls “tables'\? [^"“”„«»\u202e\n]* z”\?$/);
    expect(asked?.match(/["“”„«»]/g)).toEqual(["“", "”"]);
    await decide("approve");
    // Whoever was overtaken opens nothing.
    const fence = { check: () => Promise.reject(new Error("overtaken")) };
    await expect(mayReach({ ...context, fence }, hosts, pypi, nobody)).rejects.toThrow("overtaken");
    expect([...drafts.world.machines.open]).toEqual([]);
    await reach();
    hosts[Symbol.dispose]();
    const later = await asking({}, await drafts.nextTurn(context));
    await expect(later.reach()).rejects.toMatchObject({ code: "not_approved" });
    await later.decide("approve");
    await later.reach();
    const logs = (await drafts.world.events(context.runId)).flatMap((one) =>
      one.type === "log" ? [one.data.text] : [],
    );
    expect(logs.filter((text) => /reach pypi\.org:443 from now on/.test(text))).toHaveLength(2);
    const cutOff = new RunHosts({
      ...{ reach: { watch: () => ({ [Symbol.dispose]: () => undefined }) }, fence: { change: vi.fn() }, emit: vi.fn() },
    });
    const counts = vi.fn();
    await cutOff.resume([OpenHost.parse({ host: "pypi.org", port: 443, scope: "1", by: "person" })], counts);
    await expect(mayReach(context, cutOff, pypi, nobody)).rejects.toMatchObject({ code: "denied" });
    expect(counts).not.toHaveBeenCalled();
  });

  it("is not opened by a grant that is expired, stolen or of another key", async () => {
    const { context, reach } = await asking();
    const thief = await drafts.newContext();
    const { runId, scope } = context;
    const [tool, args] = ["reach_host", { host: "pypi.org", port: 443 }];
    const argsHash = argsHashOf({ tool, args, names: {}, scope });
    const own = await HomeKey.open(join(drafts.world.base.home, "keys", "approvals.pem"), "approval");
    const stranger = await HomeKey.open(join(drafts.world.base.home, "strange.pem"), "approval");
    const now = new Date();
    const records = await drafts.world.base.backbone.records("VIBEWRITER_APPROVALS", Approval);
    for (const [key, run, lifetimeMs, code] of [
      [stranger, runId, 60_000, "invalid_grant"],
      [own, thief.runId, 60_000, "invalid_grant"],
      [own, runId, -1, "not_approved"],
    ] as const) {
      const grant = issueGrant(key, { runId: run, tool, argsHash, now, lifetimeMs });
      const at = now.toISOString();
      const record = { runId, scope, tool, argsHash, state: "granted" as const, grant, createdAt: at, decidedAt: at };
      await records.put(`${runId}.${argsHash}`, record);
      await expect(reach()).rejects.toMatchObject({ code });
    }
    expect([...drafts.world.machines.open]).toEqual([]);
  });

  it("is asked about by nobody where it is none, nobody is there, a program asks, or a person has heard enough", async () => {
    const { context, hosts, reach, questions, told } = await asking();
    for (const host of [
      "127.0.0.1",
      "169.254.169.254",
      "[::1]",
      "0x7f000001",
      "localhost",
      "x.internal",
      "*.pypi.org",
    ]) {
      await expect(reach({ host })).rejects.toMatchObject({ code: "invalid_argument" });
    }
    using _secret = drafts.world.base.backbone.secrets.register("test", "CanaryOfTheDoor");
    for (const host of ["CanaryOfTheDoor.example.org", "x.canaryofthedoor.example.org"])
      await expect(reach({ host })).rejects.toMatchObject({ code: "secret_found" });
    await expect(reach({ why: "CanaryOf\u200bTheDoor" })).rejects.toMatchObject({ code: "secret_found" });
    expect(JSON.stringify(told)).not.toMatch(/canary/i);
    await expect(forProgram(() => reach())).rejects.toMatchObject({ code: "not_approved" });
    const alone = { ...context, person: { isThere: async () => false } };
    await expect(mayReach(alone, hosts, pypi, nobody)).rejects.toMatchObject({ code: "not_approved" });
    const denied = await asking({ reach_host: "deny" });
    await expect(forPerson(() => denied.reach())).rejects.toMatchObject({ code: "denied" });
    expect([await questions(), await denied.questions()]).toEqual([[], []]);
    const flood = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => reach({ host: `n${n}.org` })));
    const codes = flood.map((one) => (one.status === "rejected" ? one.reason.code : ""));
    expect(codes).toEqual([...Array(8).fill("not_approved"), ...Array(22).fill("over_budget")]);
    await expect(reach()).rejects.toMatchObject({ code: "over_budget" });
    await expect(reach({ host: "n0.org" })).rejects.toMatchObject({ code: "not_approved" });
    expect(await questions()).toHaveLength(8);
    expect([...drafts.world.machines.open]).toEqual([]);
  });

  it("is opened unasked where the policy says so, for an agent that has seen nothing from outside, while it says so", async () => {
    const { context, reach, questions, resume, order } = await asking({ reach_host: "auto" });
    await expect(reach()).rejects.toMatchObject({ code: "not_approved" });
    expect(await questions()).toHaveLength(1);
    order.length = 0;
    await forPerson(() => reach({ host: "files.pythonhosted.org" }));
    expect(order).toEqual(["decision", "written", "main files.pythonhosted.org:443"]);
    expect(await resume()).toEqual(["main files.pythonhosted.org:443"]);
    // What the home has not signed it has not let through, whatever a record says.
    const [kept] = (await drafts.world.client.get(context.runId)).hosts ?? [];
    const forged = [
      { ...kept, host: "evil.example.org" },
      { ...kept, grant: undefined },
    ];
    expect(await resume(forged.map((one) => OpenHost.parse(one)))).toEqual([]);
    expect(await (await asking({}, context)).resume()).toEqual([]);
  });

  it("is asked for by the agent, and by nobody in a run that repeats that one, which reaches nothing", async () => {
    await using model = await ScriptedModel.open((_first, turn) => {
      const wish = { tool: "reach_host", args: { host: "pypi.org", why: "tables" } };
      const end = { tool: "stop_without_report", args: { reason: "cannot_do", explanation: "It was a try." } };
      return [[wish], [end]][turn] ?? "Done.";
    });
    const { world } = drafts;
    const asked = {
      request: "Try it",
      sources: [EXAMPLES],
      search: [],
      out: world.out,
      model: "openai:scripted",
      attended: true,
    };
    const { runId } = await world.client.start(asked, model.keys);
    const waiting = await world.bench.drive(runId, { keys: model.keys });
    expect(waiting).toMatchObject({ status: "waiting", approval: { tool: "reach_host" } });
    await world.client.decide(runId, waiting.approval?.id ?? "", { decision: "approve" }, model.keys);
    const done = await world.bench.drive(runId, { keys: model.keys });
    const answers = model.answers.map(({ text }) => text);
    expect(answers[0]).toBe('{"opened":true,"server":"pypi.org:443"}');
    expect(done.hosts).toEqual([{ host: "pypi.org", port: 443, scope: runId, by: "person" }]);
    // Open for as long as it was driven.
    expect([...world.machines.open]).toEqual([]);
    const opened = world.machines.opened.length;
    const again = await world.client.start({ ...asked, replay: runId, model: undefined }, {});
    const repeated = await world.bench.drive(again.runId);
    expect([repeated.status, repeated.error, repeated.approval]).toEqual([done.status, done.error, undefined]);
    expect([world.machines.opened.length, repeated.hosts]).toEqual([opened, undefined]);
  });
});
