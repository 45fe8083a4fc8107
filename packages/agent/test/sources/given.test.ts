import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GivenFiles } from "../../src/sources/given.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

const ARTICLE = `choir:${"a".repeat(24)}`;
const OTHER = `choir:${"b".repeat(24)}`;

describe("what a run is given", () => {
  let world: TestBackbone;
  const at = (name: string) => join(world.home, "notes", name);
  const uris = async (given: GivenFiles, runId: string, sources: string[]) => {
    const run = { runId, agentId: "main", sources };
    await given.keep(run);
    return (await given.of(run)).files.map(({ uri }) => uri);
  };

  beforeAll(async () => {
    world = await testBackbone();
    await mkdir(at("more"), { recursive: true });
    for (const name of ["a.md", "b.md", "more/c.md"]) await writeFile(at(name), `# ${name}\n`);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it("is kept in the order given, files and articles, each once", async () => {
    const given = new GivenFiles(world.backbone.files);
    const order = ["file:b.md", ARTICLE, "file:more/c.md", "file:a.md", OTHER];
    const sources = [at("b.md"), ARTICLE, at("more"), at("a.md"), OTHER, ARTICLE, at("b.md")];
    expect(await uris(given, "run-order", sources)).toEqual(order);
    expect(await uris(given, "run-articles", [OTHER, ARTICLE])).toEqual([OTHER, ARTICLE]);
    // More is given later, when the files of the beginning may be gone.
    await rm(at("b.md"));
    expect(await uris(given, "run-order", [at("more"), `choir:${"c".repeat(24)}`])).toEqual([
      ...order,
      `choir:${"c".repeat(24)}`,
    ]);
  });

  it("is no article by the beginning of its id: that is a path, which is not there", async () => {
    const given = new GivenFiles(world.backbone.files);
    await expect(uris(given, "run-beginning", ["choir:aaaa"])).rejects.toMatchObject({ code: "missing" });
  });
});
