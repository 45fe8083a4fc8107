import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ToolMessage } from "@langchain/core/messages";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { bundleChild, runChild } from "../support/killed.js";
import { EXAMPLES, World } from "../support/world.js";

const MOMENTS = [
  { when: "before", event: ".kb.finished" },
  { when: "after", event: ".read5.finished" },
  { when: "after", event: ".notes.finished" },
  { when: "before", event: ".verify.finished" },
  { when: "after", event: ".publish.started" },
  { when: "before", event: ".publish.finished" },
  { when: "after", event: "artifact.report.md.1" },
] as const;

let world: World;
beforeAll(async () => {
  await bundleChild();
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("a run whose process is killed", () => {
  it.each(MOMENTS)(
    "goes on after kill -9 $when $event, repeats nothing that was kept, publishes once",
    async ({ when, event }) => {
      const name = event.replace(/\W+/g, "-");
      const request = `Research what USDC yields on Base are worth, part ${MOMENTS.findIndex((moment) => moment.event === event)}`;
      const { backbone, home } = world.base;
      const asked = {
        request,
        out: join(world.out, name),
        sources: [EXAMPLES],
        model: "offline",
        yes: true,
        agentId: `a${name}`.slice(0, 31).replace(/-+$/, ""),
      };
      const { runId, agentId } = await world.client.start(asked, {});
      const log = join(home, `${runId}.log`);
      const { url, credentials } = backbone.server ?? {};
      const order = {
        url: url?.replace("nats://", `nats://${credentials?.user}:${credentials?.password}@`),
        home,
        index: join(home, `child-${name}.sqlite`),
        machines: join(home, "machines"),
        runId,
        log,
        when,
        event,
      };
      const ended = await runChild(order);
      expect(ended.signal, ended.output).toBe("SIGKILL");

      const kept = await keptToolCalls(agentId, runId);
      const begun = (await readFile(log, "utf8")).trim().split("\n");
      const repeated: string[] = [];
      const append = backbone.events.append.bind(backbone.events);
      backbone.events.append = (id, type, data, o) => {
        if (id === runId && type === "tool.started") repeated.push(o?.id?.replace(/\.started$/, "") ?? "");
        return append(id, type, data, o);
      };
      expect(await world.client.get(runId)).toMatchObject({ status: "running", epoch: 1 });
      const record = await world.drive(runId);
      backbone.events.append = append;

      expect(record.error).toBeUndefined();
      expect(record).toMatchObject({ status: "done", result: { citations: { rate: 1 } } });
      expect(begun.length).toBeGreaterThan(0);
      if (event !== ".kb.finished") expect(kept.size).toBeGreaterThan(4);
      expect(repeated.filter((id) => kept.has(id))).toEqual([]);
      const articles = (await world.choir.list()).filter(({ title }) => title.includes(`part ${request.at(-1)}`));
      expect(articles).toHaveLength(1);
      const ids = (await world.events(runId)).flatMap((one) => (one.type === "tool.started" ? [one.data.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
    },
    90_000,
  );
});

it.each([
  { where: "in the same VM", agentId: "stays", isLost: false },
  { where: "without the VM that it had", agentId: "moves", isLost: true },
])(
  "a run that stops after each step, when what it said is stored and the checkpoint is not, goes on $where",
  async ({ agentId, isLost }) => {
    const { runId } = await world.client.start(
      {
        request: "Research what USDC lent on Base earns",
        out: world.out,
        sources: [join(EXAMPLES, "01-aave-v3-usdc.md")],
        model: "offline",
        yes: true,
        agentId,
      },
      {},
    );
    const stoppedAt = new Set<number>();
    const put = NatsSaver.prototype.put;
    const stopping = vi.spyOn(NatsSaver.prototype, "put").mockImplementation(function (this: NatsSaver, ...args) {
      const [config, , { step }] = args;
      const isMain = config.configurable?.thread_id === runId && (config.configurable.checkpoint_ns ?? "") === "";
      if (!isMain || step < 0 || stoppedAt.has(step)) return put.apply(this, args);
      stoppedAt.add(step);
      // At this very moment: a drive that ends in good order would still bring its files to safety.
      if (isLost) rmSync(world.machines.path(agentId, ""), { recursive: true });
      throw new Error(`stopped before checkpoint ${step}`);
    });
    try {
      let record = await world.drive(runId);
      for (let drives = 1; record.status === "failed" && drives < 60; drives++) {
        expect(record.error?.message).toMatch(/^stopped before checkpoint/);
        record = await world.drive(runId);
      }
      expect(record.error).toBeUndefined();
      expect(record).toMatchObject({ status: "done", result: { citations: { rate: 1 } } });
    } finally {
      stopping.mockRestore();
    }
    expect(stoppedAt.size).toBeGreaterThan(10);
  },
  120_000,
);

/** Tool calls whose results lie in a checkpoint or in the writes of a finished task. */
async function keptToolCalls(agent: string, runId: string): Promise<Set<string>> {
  const saver = NatsSaver.fromConnection(world.base.backbone.connection, { agent });
  const kept = new Set<string>();
  const keep = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) keep(item);
    else if (ToolMessage.isInstance(value)) kept.add(value.tool_call_id);
  };
  for await (const tuple of saver.list({ configurable: { thread_id: runId } })) {
    keep(tuple.checkpoint.channel_values.messages);
    for (const [, channel, value] of tuple.pendingWrites ?? []) if (channel === "messages") keep(value);
  }
  return kept;
}
