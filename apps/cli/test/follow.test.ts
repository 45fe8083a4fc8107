import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { wordsOf } from "../src/commands/completion-words.js";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));

/** Everything but the agent is real here: the command as its users run it, the API, the scheduler and NATS. */
describe("the command and a run", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await openTestApi();
    await mkdir(join(api.home, "notes"));
    await writeFile(join(api.home, "notes", "bees.md"), "# Bees\n\nBees live in cities.\n");
    await writeFile(join(api.home, "draft.md"), "# My draft\n\nBees [S1].\n");
  });
  afterAll(() => api[Symbol.asyncDispose]());

  function start(args: string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [BIN, ...args], {
      cwd: api.home,
      env: { PATH: process.env.PATH, VIBEWRITER_HOME: api.home, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async function vibewriter(args: string[], env: Record<string, string> = {}) {
    const child = start(args, env);
    const output = { stdout: "", stderr: "" };
    child.stdout?.on("data", (bytes) => {
      output.stdout += bytes;
    });
    child.stderr?.on("data", (bytes) => {
      output.stderr += bytes;
    });
    const [code] = await once(child, "close");
    return { code, ...output };
  }

  const ask = (request: string) => ["research", request, "--sources", "notes"];

  const latest = async () => (await api.client.runs())[0] ?? Promise.reject(new Error("There is no run."));

  it("shows it in lines and ends with a summary and 0", async () => {
    const { code, stdout, stderr } = await vibewriter(["research", "bees", "--sources", "notes", "--out", "out"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^\[0:00\] Estimate: 3-5 questions, about [^\n]* \$0, [^\n]*\n\[0:00\] queued\n\[0:00\] running\n\[0:00\] step 1 of 1: step 0\n(.*\n)*\[0:0\d\] done\n$/,
    );
    expect(stdout).toMatch(/Report +\/tmp\/out\/t\/report.md\nArticle +0123456789abcdef01234567 {2}T \(novelty 80\)\n/);
    const run = await latest();
    expect(run).toMatchObject({ sources: [join(api.home, "notes")], out: join(api.home, "out") });
  });

  it("prints one JSON object with --json and nothing else", async () => {
    const { code, stdout, stderr } = await vibewriter([...ask("bees"), "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(Object.keys(JSON.parse(stdout)).sort()).toEqual(
      [
        "agentId",
        "article",
        "citations",
        "cited",
        "durationMs",
        "isolation",
        "model",
        "report",
        "runId",
        "sources",
        "status",
      ].sort(),
    );
  });

  it("waits with 4 where nobody can be asked, and publishes when resumed with --yes", async () => {
    const { code, stderr } = await vibewriter(ask("ask me"));
    expect(code).toBe(4);
    const { runId } = await latest();
    expect(stderr).toContain(`vibewriter resume ${runId} --yes`);
    expect((await vibewriter(["resume", runId])).code).toBe(4);
    expect((await vibewriter(["runs", runId, "--json"])).code).toBe(4);
    const resumed = await vibewriter(["resume", runId, "--yes", "--json"]);
    expect({ code: resumed.code, ...JSON.parse(resumed.stdout) }).toMatchObject({ code: 0, status: "done" });
    expect((await vibewriter(["resume", runId])).code).toBe(0);
  });

  it("lists, shows and takes the answers to what runs ask", async () => {
    await vibewriter(ask("ask me and wait"));
    const { runId, approval } = await latest();
    const id = approval?.id ?? "";
    expect(await wordsOf(api.home, "approvals", id.slice(0, 4))).toEqual([id]);
    const { stdout } = await vibewriter(["approvals", "list"]);
    expect(stdout).toMatch(new RegExp(`${id} +open +\\d+ s +${runId} +publish +Publish\\?`));
    const shown = (await vibewriter(["approvals", "show", id])).stdout;
    expect(shown).toMatch(
      /Why: +It is asked\.\nUntil: +20.*\nTool: +publish_to_choir\nWith: +filepath = \/draft\.md\n/,
    );
    const wrong = await vibewriter(["approvals", "edit", id, "--set", "filepath="]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/does not take that \(filepath: .*correct it/),
    });
    const edited = await vibewriter(["approvals", "edit", id, "--set", "filepath=/other.md", "--json"]);
    expect(JSON.parse(edited.stdout).approval).toMatchObject({ state: "edited", edited: { filepath: "/other.md" } });
    const again = await vibewriter(["approvals", "reject", id, "--reason", "no"]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("was answered before") });
  });

  it("has the searches that the command names, of its own environment else, and is not repeated before it has read", async () => {
    await vibewriter([...ask("bees"), "--search", "arxiv,wikipedia"], { VIBEWRITER_SEARCH: "crossref" });
    expect(await latest()).toMatchObject({ search: ["wikipedia", "arxiv"] });
    await vibewriter(ask("bees"), { VIBEWRITER_SEARCH: "crossref" });
    const { runId, search } = await latest();
    expect(search).toEqual(["crossref"]);
    const wrong = await vibewriter(ask("bees"), { VIBEWRITER_SEARCH: "google" });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^VIBEWRITER_SEARCH is google\. It must be/),
    });
    const again = await vibewriter(["replay", runId]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining(`Run ${runId} cannot be repeated`) });
  });

  it("answers its question at once with --yes", async () => {
    expect((await vibewriter(["publish", "draft.md", "--sources", "notes", "--yes", "--json"])).code).toBe(0);
    expect(await latest()).toMatchObject({ kind: "publish", request: "My draft", draft: join(api.home, "draft.md") });
  });

  it("ends with 1 and the reason when it fails", async () => {
    const { code, stdout, stderr } = await vibewriter([...ask("nothing"), "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", error: { code: "not_enough_evidence" } });
    expect(stderr).toBe("Not enough evidence: add sources that bear on the request.\n");
  });

  it("goes on with a run that has failed when more is said to it, and only then", async () => {
    const { runId, attempt } = await latest();
    expect(await latest()).toMatchObject({ status: "failed", request: "nothing" });
    const said = await vibewriter([
      "research",
      "Read these bees, too",
      "--continue",
      runId,
      "--sources",
      "notes",
      "--json",
    ]);
    expect({ code: said.code, ...JSON.parse(said.stdout) }).toMatchObject({ code: 0, runId, status: "done" });
    expect(await latest()).toMatchObject({ runId, attempt, work: "2" });
    const model = await vibewriter(["research", "more", "--continue", runId, "--model", "offline"]);
    expect(model).toMatchObject({ code: 2, stderr: expect.stringContaining("--model is for a new run") });
  });

  it("names runs, agents, dead letters, tenants and articles for a shell that completes them", async () => {
    const all = await api.client.runs();
    const ids = (runs: typeof all) => runs.map(({ runId }) => runId);
    expect(await wordsOf(api.home, "runs", "")).toEqual(ids(all));
    expect(await wordsOf(api.home, "runs", all.at(-1)?.runId ?? "")).toEqual(ids(all.slice(-1)));
    const unfinished = all.filter(({ status }) => status === "failed" || status === "waiting");
    expect(await wordsOf(api.home, "unfinished-runs", "")).toEqual(ids(unfinished));
    expect(await wordsOf(api.home, "agents", "")).toEqual(["main"]);
    expect(await wordsOf(api.home, "agents", "x")).toEqual([]);
    expect(await wordsOf(api.home, "letters", "")).toEqual([]);
    expect(await wordsOf(api.home, "articles", "")).toEqual([]);
    // What cannot be asked is not a word of an error either.
    await expect(wordsOf(api.home, "tenants", "")).rejects.toMatchObject({ code: "tenants_off" });
    expect(await vibewriter(["completion-words", "tenants"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("ends with 3 without the key of the model, and takes the key along when there is one", async () => {
    const { code, stderr } = await vibewriter([...ask("a key"), "--model", "openai:gpt-5.1"]);
    expect(code).toBe(3);
    expect(stderr).toContain("set OPENAI_API_KEY");
    expect((await vibewriter([...ask("a key"), "--model", "openai:gpt-5.1"], { OPENAI_API_KEY: "k" })).code).toBe(0);
  });

  it("stops on Ctrl-C, says how to go on, and goes on", async () => {
    const child = start(ask("slow bees"));
    let said = "";
    child.stderr?.on("data", (bytes) => {
      said += bytes;
    });
    while (!said.includes("step 1")) await sleep(20);
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    const run = await latest();
    expect(run.status).toBe("cancelled");
    expect(said).toContain(`vibewriter resume ${run.runId}`);
    const resumed = start(["resume", run.runId]);
    while ((await latest()).status !== "running") await sleep(20);
    resumed.kill("SIGKILL");
    await once(resumed, "close");
    await api.client.cancel(run.runId);
  });

  it("outlives the command, and another one follows it without owning it", async () => {
    const child = start(ask("slow ones"));
    while ((await latest()).request !== "slow ones" || (await latest()).status !== "running") await sleep(20);
    child.kill("SIGKILL");
    await once(child, "close");
    const { runId } = await latest();
    const follower = start(["runs", runId]);
    let said = "";
    follower.stderr?.on("data", (bytes) => {
      said += bytes;
    });
    while (!said.includes("step 1")) await sleep(20);
    follower.kill("SIGINT");
    expect((await once(follower, "close"))[0]).toBe(130);
    expect((await latest()).status).toBe("running");
    await api.client.cancel(runId);
  });

  it("signs for authors of the home: they are listed, renamed, handed over; what they wrote is cited and retracted", async () => {
    const publish = async (author: string) => {
      const signer = await api.authors.signer((await api.authors.named(author)).publicKey);
      const request = { markdown: `# By ${author}\n\nWords of ${author}.`, author, key: author };
      return (await api.choir.publish(request, signer ?? api.ada)).id;
    };
    const [one, two] = [await publish("Erin"), await publish("Frank")];
    expect((await vibewriter(["author", "list"])).stdout).toMatch(/^NAME +KEY +AGE\n/);
    expect((await vibewriter(["author", "rename", "Erin", "Erin E."])).stdout).toMatch(/^Erin E\. {2}\S{43} /);
    await writeFile(join(api.home, "phrase"), "a long passphrase\n", { mode: 0o600 });
    const hand = ["--passphrase-file", "phrase"];
    expect((await vibewriter(["author", "export", "Frank", "--out", "frank.key", ...hand])).code).toBe(0);
    expect((await vibewriter(["author", "export", "Frank", "--out", "frank.key", ...hand])).code).toBe(2);
    expect((await vibewriter(["author", "import", "frank.key", ...hand, "--json"])).stdout).toContain('"Frank"');
    const cited = await vibewriter([
      "cite",
      one,
      two,
      "--claim",
      "as Frank says",
      "--passage",
      "Words of Frank",
      "--json",
    ]);
    expect(JSON.parse(cited.stdout)).toEqual({ citing: one, cited: two, first: true, count: 1 });
    const again = (await vibewriter(["cite", one, two, "--claim", "as Frank says"])).stdout;
    expect(again).toBe(`${one} had cited ${two} before; that is cited by 1 article now.\n`);
    expect(await vibewriter(["author", "import", "phrase", ...hand])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("This is not the key of an author"),
    });
    expect((await vibewriter(["retract", two, "--reason", "It was wrong."])).stdout).toContain("It is retracted");
    expect((await vibewriter(["kb", "show", two])).stdout).toMatch(/Retracted on \S+: It was wrong\./);
    expect((await vibewriter(["kb", "list"])).stdout).toContain("By Frank (retracted)");
    const rebuilt = await vibewriter(["kb", "rebuild", "--json"]);
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({ hash: await api.choir.exportHash(), isSame: true });
  });

  it("lists and shows runs and articles, and says 2 for one that is not there", async () => {
    expect((await vibewriter(["runs"])).stdout).toMatch(/^RUN +STATUS +AGE +REQUEST\nrun-/);
    const request = { markdown: "# Bees\u001b[2J\n\nIn cities.", author: "Ada", key: "k" };
    const { id } = await api.choir.publish(request, api.ada);
    expect((await vibewriter(["kb", "list"])).stdout).toContain(id);
    expect((await vibewriter(["kb", "search", "bees"])).stdout).toContain("Bees");
    expect((await vibewriter(["kb", "search", "cities"])).stdout).toContain("In cities.");
    expect((await vibewriter(["kb", "search", "bees", "--json"])).stdout).toContain(id);
    const shown = (await vibewriter(["kb", "show", id])).stdout;
    expect(shown).toContain("In cities.");
    expect(shown).not.toContain("\u001b");
    const { version } = await api.choir.revise({ article: id, markdown: "# Wasps\n\nIn cities, too." }, api.ada);
    expect((await vibewriter(["kb", "show", id])).stdout).toContain(`Version ${version.slice(0, 12)}, the one that`);
    expect((await vibewriter(["kb", "show", id, "--versions"])).stdout).toMatch(/VERSION.*\n.*Bees.*\n.*Wasps\n/);
    expect(JSON.parse((await vibewriter(["kb", "show", `${id}@${version}`, "--json"])).stdout)).toMatchObject({
      article: { title: "Wasps", authorKey: api.ada.publicKey },
    });
    for (const args of [
      ["kb", "show", "ffff"],
      ["kb", "show", `${id}@ffff`],
      ["retract", id, "--reason", "not mine"],
      ["cite", id, id, "--claim", "me"],
      ["author", "show", "nobody"],
      ["revise", id, "nowhere.md", "--sources", "."],
      ["runs", "nobody"],
      ["resume", "nobody"],
    ]) {
      expect((await vibewriter(args)).code).toBe(2);
    }
  });

  it("has articles among its sources, by their whole ids, in the order given", async () => {
    const { id } = await api.choir.publish({ markdown: "# Tides\n\nThey turn.", author: "Ada", key: "tides" }, api.ada);
    const publish = (article: string) =>
      vibewriter(["publish", "draft.md", "--sources", `choir:${article}`, "notes", "--yes", "--json"]);
    expect((await publish(id.slice(0, 6))).code).toBe(0);
    expect((await latest()).sources).toEqual([`choir:${id}`, join(api.home, "notes")]);
    await api.choir.retract({ article: id, reason: "The gauge was broken." }, api.ada);
    expect(await publish(id)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is no source any more; leave it out. The reason: The gauge was broken."),
    });
    for (const none of ["ffffffff", "tides"]) {
      const refused = await publish(none);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`There is no article "${none}"`) });
    }
    expect(await vibewriter(["publish", "draft.md", "--sources", "notes", "--author", " "])).toMatchObject({
      code: 2,
      stderr: "An author's name is one line of 1-100 characters.\n",
    });
  });
});
