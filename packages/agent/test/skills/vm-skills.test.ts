import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry } from "../../src/audit/entry.js";
import { AgentError } from "../../src/errors.js";
import { KeptFolders } from "../../src/files/kept-folders.js";
import type { RunFolders } from "../../src/files/run-folders.js";
import type { EmitEvent } from "../../src/middleware/run-scope.js";
import { Policy } from "../../src/policy/policy.js";
import { skillOf } from "../../src/skills/skill.js";
import { SkillRecord } from "../../src/skills/skill-record.js";
import type { SkillShelf } from "../../src/skills/skill-shelf.js";
import { ALL_ALLOWED } from "../support/all-allowed.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { LocalFiles } from "../support/local-files.js";
import { testShelf, testVmSkills } from "../support/skills.js";

let base: TestBackbone;
let shelf: SkillShelf;
let kept: KeptFolders;
beforeAll(async () => {
  base = await testBackbone();
  shelf = await testShelf(base);
  kept = await KeptFolders.open(base.backbone, testVmSkills(base, shelf));
});
afterAll(async () => {
  await base[Symbol.asyncDispose]();
});

const front = (name: string) => `---\nname: ${name}\ndescription: Does it.\n---\n`;
const skill = (name: string, script: string) =>
  skillOf([
    { path: "SKILL.md", executable: false, bytes: Buffer.from(front(name)) },
    { path: "do.sh", executable: true, bytes: Buffer.from(script) },
  ]);
const from = { kind: "folder", path: "/given" } as const;

/** A VM of an agent of its own: a folder that stands for its root. */
class Vm implements AsyncDisposable {
  readonly #root: string;
  readonly agentId: string;
  readonly files: LocalFiles;
  readonly logs: string[] = [];
  /** What its audit hears of proposals. */
  readonly decided: string[] = [];
  readonly audit = {
    record: (entry: AuditEntry) => {
      if (entry.kind === "decision") this.decided.push(`${entry.what}: ${entry.outcome}`);
    },
    written: async () => {
      const proposed = (await shelf.list(this.agentId)).map(({ name }) => name);
      this.decided.push(`stored before ${proposed.join()}`);
    },
  };
  folders: RunFolders | undefined;

  private constructor(root: string, agentId: string) {
    this.#root = root;
    this.agentId = agentId;
    this.files = new LocalFiles(root);
  }

  static async open(agentId: string): Promise<Vm> {
    return new Vm(await mkdtemp(join(tmpdir(), "vw-skills-")), agentId);
  }

  /** A drive of a run, from beginning to end. */
  async run(
    runId: string,
    work: () => Promise<void> = async () => undefined,
    drive = 1,
    home: KeptFolders = kept,
  ): Promise<void> {
    const { agentId, files: sandbox, audit } = this;
    const folders = await home.forRun({
      agentId,
      runId,
      drive,
      sandbox,
      emit: this.#emit,
      audit,
      gate: ALL_ALLOWED,
    });
    await work();
    await folders.sync();
    await home.collectSkills({ agentId, runId, audit, emit: this.#emit });
  }

  path(inside: string): string {
    return join(this.#root, "skills", inside);
  }

  async write(path: string, text: string): Promise<void> {
    await this.files.write(`/skills/${path}`, Buffer.from(text));
  }

  read(path: string): Promise<string | undefined> {
    return readFile(this.path(path), "utf8").catch(() => undefined);
  }

  async list(): Promise<string[]> {
    const look = await this.files.look(["/skills"]);
    return (look.get("/skills")?.files ?? []).map(({ path }) => path).sort();
  }

  readonly #emit: EmitEvent = async (event) => {
    if (event.type === "log") this.logs.push(event.data.text);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }
}

test("an installed skill is put back for the next run, byte for byte, whatever a run has done to it", async () => {
  await using vm = await Vm.open("pinned");
  const wanted = skill("tidy", "echo tidy\n");
  await shelf.install(vm.agentId, wanted, { from, replace: false });
  await vm.run("one", async () => {
    expect(await vm.read("tidy/do.sh")).toBe("echo tidy\n");
    await vm.write("tidy/do.sh", "curl evil\n");
    await vm.write("tidy/__pycache__/do.pyc", "runs instead of the source");
    await symlink("/etc", vm.path("tidy/etc"));
  });
  // The run under way has what it wrote, also when it goes on; the next one does not.
  await vm.run("one", async () => expect(await vm.read("tidy/do.sh")).toBe("curl evil\n"), 2);
  const { proposed } = (await shelf.get(vm.agentId, "tidy")) ?? {};
  expect(proposed?.run).toBe("one");
  await vm.run("two", async () => {
    expect(await vm.list()).toEqual(["tidy/SKILL.md", "tidy/do.sh"]);
    expect(await vm.read("tidy/do.sh")).toBe("echo tidy\n");
  });
  // Nor does the first, once another one has begun.
  await vm.run("one", async () => expect(await vm.read("tidy/do.sh")).toBe("echo tidy\n"), 3);

  // Approved, it is what every run has: exactly the files that were seen.
  const hash = proposed?.hash ?? "";
  await expect(
    shelf.decide(vm.agentId, "tidy", { hash: wanted.hash, approve: true, message: "" }),
  ).rejects.toMatchObject({ code: "skill_changed" });
  await shelf.decide(vm.agentId, "tidy", { hash, approve: true, message: "" });
  await vm.run("three", async () => expect(await vm.read("tidy/do.sh")).toBe("curl evil\n"));
});

test("what was changed between two runs, folders that nobody may write in and links instead of folders included, does not last", async () => {
  await using vm = await Vm.open("between");
  await using elsewhere = await Vm.open("elsewhere");
  await shelf.install(vm.agentId, skill("tidy", "echo tidy\n"), { from, replace: false });
  await vm.run("one");
  await writeFile(vm.path("tidy/do.sh"), "curl evil\n");
  await vm.write("planted/SKILL.md", front("planted"));
  await elsewhere.write("bait/SKILL.md", front("bait"));
  await symlink(elsewhere.path("bait"), vm.path("bait"));
  await vm.run("two", async () => {
    expect(await vm.list()).toEqual(["tidy/SKILL.md", "tidy/do.sh"]);
    expect(await vm.read("tidy/do.sh")).toBe("echo tidy\n");
  });
  expect(await elsewhere.read("bait/SKILL.md")).toBe(front("bait"));
});

test("a run's own skill is a proposal, which stays with the run until a person approves it", async () => {
  await using vm = await Vm.open("own");
  await vm.run("one", async () => {
    await vm.write("mine/SKILL.md", front("mine"));
    await vm.write("rubbish/notes.txt", "no skill");
  });
  expect(vm.logs).toEqual([
    expect.stringContaining("The run has made a skill, mine, that later runs have if you approve it"),
    expect.stringContaining(
      "/skills/rubbish is for this run only. This is no skill that can be taken in. It has no SKILL.md",
    ),
  ]);
  await vm.run("one", async () => expect(await vm.list()).toEqual(["mine/SKILL.md", "rubbish/notes.txt"]), 2);
  await vm.run("two", async () => expect(await vm.list()).toEqual([]));
  const hash = (await shelf.get(vm.agentId, "mine"))?.proposed?.hash ?? "";
  await shelf.decide(vm.agentId, "mine", { hash, approve: false, message: "no" });
  // The same once more stays rejected, something else is asked about again.
  await vm.run("three", () => vm.write("mine/SKILL.md", front("mine")));
  expect((await shelf.get(vm.agentId, "mine"))?.proposed).toMatchObject({ run: "one", rejected: { message: "no" } });
  await vm.run("four", () => vm.write("mine/SKILL.md", `${front("mine")}\nMore.\n`));
  const again = (await shelf.get(vm.agentId, "mine"))?.proposed;
  expect(again).toMatchObject({ run: "four" });
  expect(again?.rejected).toBe(undefined);
  await shelf.decide(vm.agentId, "mine", { hash: again?.hash ?? "", approve: true, message: "" });
  await vm.run("five", async () => expect(await vm.read("mine/SKILL.md")).toBe(`${front("mine")}\nMore.\n`));
  await shelf.remove(vm.agentId, "mine");
  await vm.run("six", async () => expect(await vm.list()).toEqual([]));
  expect(await shelf.list(vm.agentId)).toEqual([]);
});

test("where the policy denies it nothing that lies there is proposed, and nowhere what has a secret in it; the audit hears of each", async () => {
  await using vm = await Vm.open("door");
  const policy = Policy.parse({ propose_skill: "deny" });
  const strict = await KeptFolders.open(base.backbone, testVmSkills(base, shelf, policy));
  const mine = () => vm.write("mine/SKILL.md", front("mine"));
  await vm.run("one", mine, 1, strict);
  // What a run left that did not come to its end is not proposed by the next one either.
  await vm.run("two", undefined, 1, strict);
  expect(await shelf.list("door")).toEqual([]);
  expect(vm.logs).toContainEqual(
    "/skills/mine is for this run only. The policy of this home does not let agents do this (proposing a skill).",
  );
  expect([...new Set(vm.decided.splice(0))]).toEqual(["propose_skill by /skills/mine: denied"]);

  const key = `sk-ant-api03-${"a1B2".repeat(24)}`;
  await vm.run("three", async () => {
    await mine();
    await vm.write("leaky/SKILL.md", `${front("leaky")}${Buffer.from(key).toString("base64")}\n`);
  });
  expect((await shelf.list("door")).map(({ name }) => name)).toEqual(["mine"]);
  expect(vm.decided).toEqual([
    "output filter: refused",
    "propose_skill by /skills/mine: waits for a person",
    "stored before ",
  ]);
  // What waits already is not said to wait again.
  vm.decided.length = 0;
  await vm.run("three", undefined, 2);
  expect(vm.decided).toEqual(["output filter: refused"]);
  // Nor does the last that is heard of one that could not be kept say that it waits.
  const full = new AgentError("skill_exists", "32 proposed skills wait for a person already.");
  const propose = vi.spyOn(shelf, "propose").mockRejectedValueOnce(full);
  await vm.run("four", () => vm.write("more/SKILL.md", front("more")));
  propose.mockRestore();
  expect(vm.decided.at(-1)).toBe("propose_skill by /skills/more: not kept");
});

test("a VM that is lost gets its installed skills again, and a run its own", async () => {
  await using vm = await Vm.open("lost");
  await shelf.install(vm.agentId, skill("tidy", "echo tidy\n"), { from, replace: false });
  await vm.run("one", () => vm.write("mine/SKILL.md", front("mine")));
  await vm.files.clear("/");
  await vm.run("one", async () => expect(await vm.list()).toEqual(["mine/SKILL.md", "tidy/SKILL.md", "tidy/do.sh"]), 2);
});

test("a record that no person has signed installs nothing, and damaged files are not put anywhere", async () => {
  await using vm = await Vm.open("forged");
  const { hash } = skill("tidy", "echo tidy\n");
  await shelf.install(vm.agentId, skill("tidy", "echo tidy\n"), { from, replace: false });
  const records = await base.backbone.records("VIBEWRITER_SKILLS", SkillRecord);
  const record = (await records.get("forged.tidy"))?.value;
  const evil = skill("tidy", "curl evil\n");
  await base.backbone.files.put(
    `forged/skill-contents/${evil.hash}.json`,
    Buffer.from(JSON.stringify({ files: evil.files })),
  );
  // The signature is for other files, for another agent, or for another name.
  for (const [agent, name, installed] of [
    ["forged", "tidy", { ...record?.installed, hash: evil.hash }],
    ["forged", "other", record?.installed],
    ["forged2", "tidy", record?.installed],
  ] as const) {
    await records.put(`${agent}.${name}`, { agent, name, installed } as SkillRecord);
    expect((await shelf.installed(agent)).get(name)?.hash).not.toBe(evil.hash);
    expect((await shelf.installed(agent)).has(name)).toBe(false);
  }
  await records.put("forged.tidy", record as SkillRecord);
  await records.delete("forged.other");
  await base.backbone.files.put(
    `forged/skill-contents/${hash}.json`,
    Buffer.from(JSON.stringify({ files: evil.files })),
  );
  await expect(vm.run("one")).rejects.toMatchObject({ code: "skill_changed" });
});

test("a skill with a key in it is refused, and a model that proposes all day fills no list", async () => {
  const key = `sk-ant-api03-${"a1B2".repeat(24)}`;
  await expect(
    shelf.install("keys", skill("leaky", `export KEY=${key}\n`), { from, replace: false }),
  ).rejects.toMatchObject({ code: "secret_found" });
  for (let i = 0; i < 32; i++) await shelf.propose("busy", skill(`skill-${i}`, ""), { run: "one" });
  await expect(shelf.propose("busy", skill("one-more", ""), { run: "one" })).rejects.toThrow("32 proposed skills wait");
  expect(await shelf.propose("busy", skill("skill-3", "another"), { run: "two" })).toBe("proposed");
});
