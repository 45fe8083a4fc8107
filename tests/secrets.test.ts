import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunResult } from "@vibewriter/agent/runs";
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
  model = await ScriptedModel.open((_, turn) => script()[turn] ?? []);
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
}, 60_000);

/** Everything that the agent can do with what it must not know: say it, write it, read it, have it checked and published. */
function script(): ScriptedCall[][] {
  const draft = `# Bees\n\nBees sing with ${KEY} and ${TOKEN} [S1].\n`;
  return [
    [{ tool: "write_todos", args: { todos: [{ content: `Use ${KEY} and ${TOKEN}`, status: "in_progress" }] } }],
    [{ tool: "write_file", args: { file_path: "/workspace/draft.md", content: draft } }],
    [{ tool: "execute", args: { command: `cat /workspace/draft.md; echo '${KEY}' '${TOKEN}' | base64` } }],
    [{ tool: "read_file", args: { file_path: "/workspace/draft.md" } }],
    [{ tool: "verify_citations", args: { filepath: "/workspace/draft.md" } }],
    [{ tool: "read_source", args: { id: "S1" } }],
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
  const answers = Object.fromEntries(model.answers.map(({ id, text }) => [id.replace(/^.*?\./, ""), text]));
  expect(answers["2.0"]).toContain(KEY);
  expect(answers["4.0"]).toContain("The draft holds the secret OPENAI_API_KEY");
  expect(answers["5.0"]).toContain("Bees sing in the morning");
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
  const log = await readFile(join(home.path, "logs", "server.log"), "utf8");
  expect(log).toContain("secret kept out");
  const events = await filesWith(join(home.path, "nats", "jetstream"), ["secret://OPENAI_API_KEY"], () => false);
  expect(events).not.toEqual([]);
  const ofTheVm = (path: string) => [join(home.path, "vms"), join(home.path, "cache"), sources].includes(path);
  expect(await filesWith(home.path, TRACES, ofTheVm)).toEqual([]);
}, 300_000);
