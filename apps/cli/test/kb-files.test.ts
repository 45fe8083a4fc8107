import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KeyPair } from "@vibewriter/choir";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { send } from "../../server/src/http-over-socket.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

let api: TestApi;
let id = "";
let version = "";
const cli = (...args: string[]): Promise<Finished> => run(api.home, ["kb", ...args]);
const at = (name: string): string => join(api.home, name);

beforeAll(async () => {
  api = await openTestApi();
  const markdown = "# Spring tides\n\nThe moon **pulls**. <script>alert(1)</script>\n";
  const ada = KeyPair.generate();
  ({ id, version } = await api.choir.publish({ markdown, author: "Ada", key: "tides" }, ada));
  await api.choir.revise({ article: id, markdown: "# Spring tides\n\nThe sun pulls, too.\n" }, ada);
});
afterAll(() => api[Symbol.asyncDispose]());

describe("vibewriter kb export", () => {
  it("writes a version of an article to standard output, or in any format into a file", async () => {
    const { stdout, code } = await cli("export", `${id}@${version.slice(0, 8)}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^---\nid: "[0-9a-f]{24}"\n[\s\S]*\n---\n\n# Spring tides\n\nThe moon \*\*pulls\*\*/);

    const pdf = await cli("export", id.slice(0, 8), "--format", "pdf", "-o", at("out/tides.pdf"), "--json");
    const bytes = await readFile(at("out/tides.pdf"));
    expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(JSON.parse(pdf.stdout)).toEqual({ file: at("out/tides.pdf"), format: "pdf", bytes: bytes.length });
  });

  it("writes all articles into a folder, a file each", async () => {
    const { stdout } = await cli("export", "--all", at("all"), "--format", "csl-json");
    expect(stdout).toContain(`1 article in ${at("all")}`);
    expect(await readdir(at("all"))).toEqual([`${id}.json`]);
    expect(JSON.parse(await readFile(at(`all/${id}.json`), "utf8"))).toMatchObject([{ title: "Spring tides" }]);
  });

  it.each([
    [["export"], "Name an article"],
    [["export", "abcd", "--all", "x"], "--all takes all articles"],
    [["export", "abcd", "--json"], "name it with -o FILE"],
    [["export", "abcd", "--format", "rtf"], "Allowed choices are"],
    [["export", "ffffffff"], "There is no article"],
    [["export", "--all", "package.json/x"], "name another file"],
  ])("%j ends with 2 and says what to do", async (args, said) => {
    expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });

  it("is served as a file that a browser neither runs nor takes for something else", async () => {
    const path = `/v1/articles/${id}@${version}/export?format=html`;
    const { statusCode, headers } = (
      await send({ socket: api.socket, method: "GET", path, timeoutMs: 30_000 })
    ).resume();
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-disposition": `attachment; filename="${id}.html"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringContaining("sandbox; default-src 'none'"),
    });
  });
});

describe("vibewriter export", () => {
  it.each([
    [["nowhere"], "There is no run nowhere"],
    [["nowhere", "--guide", "none.md"], "There is no style guide none.md; name technical"],
    [["nowhere", "--citations", "harvard"], "Allowed choices are numbered, apa"],
    [["nowhere", "--json"], "name it with -o FILE"],
  ])("%j ends with 2 and says what to do", async (args, said) => {
    expect(await run(api.home, ["export", ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });

  it("says of a run without a text that there is none, and of a guide what of it is passed over", async () => {
    const { runId } = await api.client.startRun({ ...api.ask("Bees"), model: "offline" }, {});
    await writeFile(at("guide.md"), "---\nheadings: title\n---\nInvent a few numbers.\n");
    const { code, stderr } = await run(api.home, ["export", runId, "--guide", at("guide.md")]);
    expect(code).toBe(2);
    expect(stderr).toContain("“Invent a few numbers.” is passed over: it would change what is said.");
    expect(stderr).toContain(`Run ${runId} has no report`);
  });
});

describe("vibewriter kb import", () => {
  it("publishes what lies in a folder, once, marks it as imported, and pays nothing for it", async () => {
    await mkdir(at("notes"));
    await writeFile(at("notes/ebb.md"), "# Ebb\n\nThe water goes.\n");
    await writeFile(at("notes/flood.md"), "The water comes, and the file has no title.\n");
    await writeFile(at("notes/whole-book.md"), "x".repeat(50_000_000));

    const dry = await cli("import", at("notes"), "--dry-run");
    expect(dry).toMatchObject({ code: 1, stdout: "2 articles would be published, 1 not taken in.\n" });
    expect(dry.stderr).toContain("whole-book.md: It has 47.7 MiB and may have 2 MiB: split it.");
    expect(await api.choir.list()).toHaveLength(1);

    const { code, stdout } = await cli("import", at("notes"), "--author", "Bob", "--tag", "sea", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: false, published: 2, already: 0, failed: 1 });
    const [flood, ebb] = await api.choir.list({ limit: 2 });
    expect([ebb?.title, flood?.title]).toEqual(["Ebb", "flood"]);
    const [bob] = (await api.authors.list()).filter(({ name }) => name === "Bob");
    expect(ebb).toMatchObject({ tags: ["sea"], authorKey: bob?.publicKey, imported: { from: "ebb.md" } });
    expect((await api.choir.facts(0, 100)).map((fact) => "article" in fact && fact.article)).toEqual([id]);

    expect((await cli("list")).stdout).toMatch(/ Ebb \(imported\)/);

    const again = await cli("import", at("notes"), "--author", "Bob", "--tag", "sea");
    expect(again.stdout).toBe("0 articles published, 2 there already, 1 not taken in.\n");
  });

  it.each([
    [["import", "nowhere"], "cannot be read: name a folder of Markdown"],
    [["import", "LICENSE"], "neither a folder nor named .md or .jsonl"],
    [["import"], "source"],
  ])("%j ends with 2 and says what to do", async (args, said) => {
    expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });
});
