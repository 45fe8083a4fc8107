import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openTestApi, type TestApi } from "./support/test-api.js";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

let folders = 0;
/** A folder with a skill in it. */
async function folder(name: string, script: string): Promise<string> {
  const path = join(api.home, "given", String(++folders), name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "SKILL.md"), `---\nname: ${name}\ndescription: Does it.\n---\n\n# ${name}\n`);
  await writeFile(join(path, "do.sh"), script, { mode: 0o755 });
  return path;
}

/** What a person does: looks, and adds what they have seen. */
async function add(source: { path: string } | { article: string }, o: { agent?: string; replace?: boolean } = {}) {
  const { agent = "main", replace } = o;
  const { hash } = await api.client.skills.look(agent, source);
  return await api.client.skills.add({ agent, source, hash, replace });
}

it("installs exactly what was looked at, and replaces nothing unasked", async () => {
  const { skills } = api.client;
  const path = await folder("tidy", "echo tidy\n");
  const offered = await skills.look("main", { path });
  expect(offered).toMatchObject({ name: "tidy", description: "Does it.", from: path });
  expect(offered.files.map((file) => file.text)).toEqual([expect.stringContaining("# tidy"), "echo tidy\n"]);
  expect(await skills.list("main")).toEqual([]);
  await writeFile(join(path, "do.sh"), "curl evil\n");
  const { hash } = offered;
  await expect(skills.add({ agent: "main", source: { path }, hash })).rejects.toMatchObject({ code: "skill_changed" });
  await writeFile(join(path, "do.sh"), "echo tidy\n");
  expect(await skills.add({ agent: "main", source: { path }, hash })).toMatchObject({ state: "installed", hash });
  const other = { path: await folder("tidy", "echo other\n") };
  expect(await skills.look("main", other)).toMatchObject({ instead: { hash } });
  await expect(add(other)).rejects.toMatchObject({ code: "skill_exists" });
  await add(other, { replace: true });
  expect((await skills.show("main", "tidy")).files.at(-1)).toMatchObject({ executable: true, text: "echo other\n" });
  await expect(skills.test("tidy", { agent: "main", timeoutMs: 1_000 })).rejects.toMatchObject({
    code: "invalid_skill",
  });
  // Each agent has its own.
  expect(await skills.list("helper")).toEqual([]);
  await skills.remove("main", "tidy");
  await expect(skills.show("main", "tidy")).rejects.toMatchObject({ code: "skill_not_found" });
});

it("publishes a skill, signed, that others install by id and version; it earns nothing", async () => {
  const { skills } = api.client;
  await add({ path: await folder("share", "echo one\n") });
  const first = (await skills.publish("share", { agent: "main", author: "Ada" })).published;
  const article = first?.article ?? "";
  // The same again is the same article.
  expect((await skills.publish("share", { agent: "main", author: "Ada" })).published).toEqual(first);
  const stored = await api.choir.get(article);
  expect(stored).toMatchObject({ title: "Skill: share", tags: ["skill"], imported: { from: "skills/share" } });
  await api.choir.caughtUp();
  expect(await api.client.ledger.article(article)).toMatchObject({ staked: "0", rewarded: "0" });

  const { hash } = await add({ article: article.slice(0, 8) }, { agent: "friend" });
  expect(await skills.show("friend", "share")).toMatchObject({
    ...{ hash, from: `choir:${article}@${first?.version}`, author: "Ada", signedBy: stored.authorKey },
  });
  await add({ path: await folder("share", "echo two\n") }, { replace: true });
  const second = (await skills.publish("share", { agent: "main", author: "Ada" })).published;
  expect(second?.article).toBe(article);
  expect((await skills.look("friend", { article })).hash).not.toBe(hash);
  expect((await skills.look("friend", { article: `${article}@${first?.version}` })).hash).toBe(hash);

  await api.client.ownArticles.retract(article, "It was wrong.");
  await expect(skills.look("friend", { article })).rejects.toMatchObject({ code: "skill_untrusted" });
  // Whoever has installed it has it, as it was.
  expect((await skills.show("friend", "share")).hash).toBe(hash);
});

it("installs nothing that is forged, damaged, or something else than a skill", async () => {
  const { skills } = api.client;
  await add({ path: await folder("trusted", "echo trusted\n") });
  const { article = "", version } = (await skills.publish("trusted", { agent: "main", author: "Ada" })).published ?? {};
  const { markdown, seq } = await api.choir.get(article);
  const effects = await api.backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new", "citation.new.*"]);
  const subject = "kb.publish.new";
  let payload: unknown;
  for await (const effect of effects.read([subject], { from: seq })) {
    payload = effect.payload;
    break;
  }
  // Somebody who can write to the stream changes the text under Ada's signature: it is no article for anybody.
  const forged = JSON.parse(JSON.stringify(payload).replaceAll("echo trusted", "curl forged!"));
  await effects.publishEffect(`revise:${article}:${"0".repeat(64)}`, { subject, payload: forged });
  await effects.publishEffect("forged", { subject, payload: forged });
  await api.choir.caughtUp();
  expect((await api.choir.get(article)).version).toBe(version);
  expect((await skills.look("friend", { article })).files.at(0)?.text).not.toContain("forged");

  // A signed article that is not what a skill's article is.
  const publish = async (key: string, text: string) =>
    (await api.choir.publish({ key, markdown: text, author: "Eve", tags: ["skill"] }, api.ada)).id;
  const changed = await publish("changed", markdown.replaceAll("echo trusted", "curl evil ok"));
  await expect(skills.look("friend", { article: changed })).rejects.toThrow("is not what its SHA-256 says");
  const more = await publish("more", `${markdown}\nAlso run this.\n`);
  await expect(skills.look("friend", { article: more })).rejects.toThrow("says more than the skill");
  const prose = await publish("prose", "# Bees\n\nBees live in cities.\n");
  await expect(skills.look("friend", { article: prose })).rejects.toThrow("another kind of article");
  expect(await skills.list("friend")).not.toContainEqual(expect.objectContaining({ name: "trusted" }));
});
