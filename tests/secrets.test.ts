import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunResult } from "@vibewriter/agent/runs";
import { Backbone } from "@vibewriter/backbone";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { cli } from "./support/cli.js";
import { type TestHome, testHome } from "./support/home.js";
import { type ScriptedCall, ScriptedModel } from "./support/scripted-model.js";
import { filesWith } from "./support/tree.js";

/** The key that comes with the run, and one that nobody has told us of but that can only be a key. */
const KEY = `canary/${randomBytes(12).toString("hex")}+key`;
const TOKEN = `ghp_${randomBytes(18).toString("hex")}`;
/** As files may hold it: as it is, in base64 wherever it begins, percent-encoded, in hexadecimal. */
const TRACES = [
  KEY,
  TOKEN,
  encodeURIComponent(KEY),
  ...[0, 1, 2].map((n) =>
    Buffer.from("?".repeat(n) + KEY)
      .toString("base64")
      .slice(4, -4),
  ),
];

let home: TestHome;
let model: ScriptedModel;
beforeAll(async () => {
  home = await testHome();
  model = await ScriptedModel.open((first, turn) => script(first.split(" ").at(-1) ?? "")[turn] ?? []);
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
}, 60_000);

/** Everything that an agent can do with what it must not know: say it, write it, read it, hand it on, have it checked. */
function script(who: string): ScriptedCall[][] {
  const draft = `# Bees\n\nBees sing with ${KEY} and ${TOKEN} [S1].\n`;
  if (who === "verifier") return [[{ tool: "verify_citations", args: { filepath: "/workspace/draft.md" } }]];
  if (who === "researcher") return [[{ tool: "read_source", args: { source: "S1" } }]];
  const hand = (subagent_type: string) => ({
    tool: "task",
    args: { subagent_type, description: `Know that it is ${KEY} and ${TOKEN}, ${subagent_type}` },
  });
  return [
    [{ tool: "write_todos", args: { todos: [{ content: `Use ${KEY} and ${TOKEN}`, status: "in_progress" }] } }],
    [{ tool: "write_file", args: { file_path: "/workspace/draft.md", content: draft } }],
    [
      {
        tool: "execute",
        args: { command: `cat /workspace/draft.md | tee kept.md; echo '${KEY}' '${TOKEN}' | base64` },
      },
    ],
    [{ tool: "read_file", args: { file_path: "/workspace/draft.md" } }],
    [hand("verifier")],
    [hand("researcher")],
  ];
}

test("a key in a request, a source, a tool's result and a model's answer reaches no stream, no log and no report", async () => {
  const sources = join(home.path, "given");
  await mkdir(sources);
  await writeFile(join(sources, "bees.md"), "# Bees\n\nBees sing in the morning.\n");
  await writeFile(join(sources, "leak.md"), `# Leak\n\nThe key is ${KEY}.\n`);
  const out = join(home.path, "reports");
  const ask = [`What do bees do with ${KEY} and ${TOKEN} in-the-morning`, "--sources", sources, "--out", out];
  const env = { ...model.keys, OPENAI_API_KEY: KEY };
  const asked = await cli(home.path, ["research", ...ask, "--model", "openai:scripted", "--json"], { env });
  expect(asked.code, asked.stderr).toBe(1);
  const result = RunResult.parse(JSON.parse(asked.stdout));
  expect(result.error?.code).toBe("not_published");

  // It was really driven, to the end, and the model had in hand what must not be kept.
  const answers = Object.fromEntries(model.answers.map(({ id, text }) => [id, text]));
  expect(answers["in-the-morning.2.0"]).toContain(KEY);
  expect(answers["verifier.0.0"]).toContain("The draft holds the secret OPENAI_API_KEY");
  expect(answers["researcher.0.0"]).toContain("Bees sing in the morning");
  expect(model.heard[0]).toContain("What do bees do with secret://OPENAI_API_KEY and [redacted GitHub token]");

  const { code } = await cli(
    home.path,
    ["research", "bees", "--sources", join(sources, "leak.md"), "--model", "openai:x"],
    {
      env,
    },
  );
  expect(code).toBe(2);

  expect((await cli(home.path, ["stop"])).code).toBe(0);
  const checkpoints = await checkpointsOf(result);
  expect(checkpoints).toContain("secret://OPENAI_API_KEY");
  expect(TRACES.filter((trace) => checkpoints.includes(trace))).toEqual([]);
  const events = await filesWith(join(home.path, "nats", "jetstream"), ["secret://OPENAI_API_KEY"], () => false);
  expect(events).not.toEqual([]);
  const ofTheVm = (path: string) => [join(home.path, "vms"), join(home.path, "cache"), sources].includes(path);
  expect(await filesWith(home.path, TRACES, ofTheVm)).toEqual([]);
}, 300_000);

/** Checkpoints are packed on the disk: what is in them is seen by reading them. */
async function checkpointsOf({ runId, agentId }: RunResult): Promise<string> {
  await using backbone = await Backbone.open({ home: home.path });
  const saver = NatsSaver.fromConnection(backbone.connection, { agent: agentId });
  const kept: unknown[] = [];
  for await (const tuple of saver.list({ configurable: { thread_id: runId } }))
    kept.push(tuple.checkpoint, tuple.metadata, tuple.pendingWrites);
  return JSON.stringify(kept);
}
