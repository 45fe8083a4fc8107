import { mkdir, readFile, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { MicroVMs } from "@vibewriter/microvm";
import { createDeepAgent } from "deepagents";
import { FakeToolCallingModel } from "langchain";
import { z } from "zod";
import { KeptFolders } from "../../src/files/kept-folders.js";
import type { RunFolders } from "../../src/files/run-folders.js";
import { AgentVMs } from "../../src/machines.js";
import { keptFolders } from "../../src/middleware/kept-folders.js";
import { skillOf } from "../../src/skills/skill.js";
import type { SkillShelf } from "../../src/skills/skill-shelf.js";
import { ALL_ALLOWED } from "../support/all-allowed.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { noAudit } from "../support/no-audit.js";
import { testShelf, testVmSkills } from "../support/skills.js";

const Setup = z.object({
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
  layer: z.object({ path: z.string() }),
});

let base: TestBackbone;
let vms: MicroVMs;
let machines: AgentVMs;
let kept: KeptFolders;
let shelf: SkillShelf;
const logs: string[] = [];

beforeAll(async () => {
  base = await testBackbone();
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const setup = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8")));
  // Templates that other tests have built already.
  await mkdir(join(real, "cache"), { recursive: true });
  await symlink(join(real, "cache"), join(base.home, "cache"));
  vms = await MicroVMs.open({ home: base.home, image: setup.image });
  machines = new AgentVMs(vms, { layer: setup.layer.path });
  shelf = await testShelf(base);
  kept = await KeptFolders.open(base.backbone, testVmSkills(base, shelf));
});

afterAll(async () => {
  await machines?.[Symbol.asyncDispose]();
  await vms?.[Symbol.asyncDispose]();
  await base?.[Symbol.asyncDispose]();
});

const RUN = "run-vm";

async function drive(number: number): Promise<RunFolders> {
  return await kept.forRun({
    agentId: "main",
    runId: RUN,
    drive: number,
    sandbox: await machines.files("main"),
    audit: noAudit,
    gate: ALL_ALLOWED,
    emit: async ({ type, data }) => {
      if (type === "log") logs.push(data.text);
    },
  });
}

const backend = () => machines.backend("main", `/workspace/${RUN}`);
const run = async (command: string) => {
  const { output, exitCode } = await (await backend()).execute(command);
  if (exitCode !== 0) throw new Error(`${command}: ${output}`);
  return output;
};

test("what commands leave in a VM survives its loss, odd names, bytes and skills of its own included", async () => {
  await backend();
  const folders = await drive(1);
  const before = await run("ls /skills");
  expect(before).toContain("verify-citations");
  await run(`cd /artifacts && printf 'report' > 'r é.md' && printf '\\000\\377' > 'new
line' && mkdir -p a/b && ln -s /etc a/etc && head -c 9000000 /dev/urandom > a/b/large && sha256sum a/b/large > sums`);
  await run("mkdir /skills/mine && echo 'name: mine' > /skills/mine/SKILL.md && echo note > notes.md");
  await expect(run("rm -r /skills/verify-citations")).rejects.toThrow();
  await folders.sync();
  expect((await base.backbone.files.list("main/")).map(({ key }) => key)).toEqual([
    "main/artifacts/a/b/large",
    "main/artifacts/new\nline",
    "main/artifacts/r é.md",
    "main/artifacts/sums",
    `main/runs/${RUN}/notes.md`,
    "main/skills/mine/SKILL.md",
  ]);
  expect(logs).toEqual([expect.stringContaining("/artifacts/a/etc is not kept outside of the VM: it is a link")]);

  await vms.destroy("agent-main");
  await backend();
  await drive(2);
  expect(await run("cat '/artifacts/r é.md' notes.md /skills/mine/SKILL.md")).toBe("reportnote\nname: mine\n");
  expect(await run("cd /artifacts && sha256sum -c sums && od -An -tx1 'new\nline'")).toBe("a/b/large: OK\n 00 ff\n");
  expect((await run("ls /skills")).split("\n").sort()).toEqual([...before.split("\n"), "mine"].sort());
  expect(logs.at(-1)).toContain("6 kept files");
}, 180_000);

test("a VM that lost its power has what was kept, and goes on from there", async () => {
  const folders = await drive(3);
  await run("echo one > /artifacts/power");
  await folders.sync();
  const pid = vms.list().find(({ id }) => id === "agent-main")?.pid;
  process.kill(Number(pid), "SIGKILL");
  await run("echo two >> /artifacts/power");
  await folders.sync();
  expect(Buffer.from((await base.backbone.files.get("main/artifacts/power")) ?? "").toString()).toBe("one\ntwo\n");
}, 120_000);

test("a tool result of 1 MB is in no checkpoint, and can still be read after its VM was lost", async () => {
  const folders = await drive(4);
  const line = "the quick brown fox jumps over the lazy dog\n";
  const large = tool(async () => line.repeat(24_000), { name: "large", description: "x", schema: z.object({}) });
  const model = new FakeToolCallingModel({ toolCalls: [[{ id: "call_large", name: "large", args: {} }], []] });
  const saver = NatsSaver.fromConnection(base.backbone.connection);
  await saver.setup();
  const agent = createDeepAgent({
    model,
    tools: [large],
    backend: await backend(),
    checkpointer: saver,
    middleware: [keptFolders(folders)],
  });
  const configurable = { thread_id: "large" };
  const end = await agent.invoke({ messages: [new HumanMessage("go")] }, { configurable, durability: "sync" });
  const told = end.messages.find((message: BaseMessage) => message.type === "tool");
  expect(String(told?.content)).toContain("/large_tool_results/call_large");
  let bytes = 0;
  for await (const tuple of saver.list({ configurable })) bytes += JSON.stringify(tuple).length;
  expect(bytes).toBeLessThan(100_000);
  expect(end.messages.at(-1)).toBeInstanceOf(AIMessage);

  await vms.destroy("agent-main");
  await backend();
  await drive(5);
  expect(await run("wc -l < /large_tool_results/call_large.txt; head -1 /large_tool_results/call_large.txt")).toBe(
    `24000\n${line}`,
  );
}, 180_000);

const skill = (test: string) =>
  skillOf(
    [
      { path: "SKILL.md", text: "---\nname: tidy\ndescription: Tidies.\n---\n" },
      { path: "tidy.sh", text: "#!/bin/sh\necho tidy\n" },
      { path: "test/run.sh", text: test },
    ].map(({ path, text }) => ({ path, executable: path.endsWith(".sh"), bytes: Buffer.from(text) })),
  );

test("an installed skill is put back in a VM whose programs did all they could against it", async () => {
  await shelf.install("main", skill(""), { from: { kind: "folder", path: "/given" }, replace: false });
  const folders = await drive(6);
  expect(await run("/skills/tidy/tidy.sh")).toBe("tidy\n");
  await run(
    "cd /skills/tidy && echo 'echo evil' > tidy.sh && mkdir -p deep/er && touch deep/er/x && chmod -R a-w . && ln -s /etc /skills/etc",
  );
  await folders.sync();
  await kept.forRun({
    ...{ agentId: "main", runId: "run-vm-2", drive: 1, sandbox: await machines.files("main") },
    emit: async () => undefined,
    audit: noAudit,
    gate: ALL_ALLOWED,
  });
  expect(await run("/skills/tidy/tidy.sh; cd /skills/tidy && find . -type f | sort; ls /skills/etc 2>&1 || true")).toBe(
    "tidy\n./SKILL.md\n./test/run.sh\n./tidy.sh\nls: cannot access '/skills/etc': No such file or directory\n",
  );
}, 120_000);

test("a skill's own test has a machine of its own, without an agent's files or a network, and brings nobody down", async () => {
  const tried = (test: string, timeoutMs = 60_000) => machines.tryOut({ skill: skill(test), timeoutMs });
  const alone = "./tidy.sh && pwd && id -un && ls -A /workspace && ls -A /artifacts && ls /sys/class/net";
  expect(await tried(alone)).toMatchObject({ passed: true, output: "tidy\n/skills/tidy\nagent\nlo" });
  expect(await tried("echo no >&2; exit 3")).toMatchObject({ passed: false, exitCode: 3, output: "no" });
  expect(await tried("sleep 600 & while :; do sleep 1; done", 2_000)).toMatchObject({ passed: false, timedOut: true });
  const eater = "node -e 'const a=[]; for(;;) a.push(Buffer.alloc(1<<24, 1))'";
  expect(await tried(eater)).toMatchObject({ passed: false, timedOut: false });
  expect(vms.list().map(({ labels }) => labels.role)).not.toContain("trial");
}, 180_000);
