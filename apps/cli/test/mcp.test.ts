import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { KeyPair } from "@vibewriter/choir";
import { ROOT, start } from "../../../tests/support/cli.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { mcpToken } from "../src/mcp/token.js";

const BIN = join(ROOT, "apps/cli/bin/vibewriter.mjs");

let api: TestApi;
/** What agents may read of: below it are the drafts. */
let folder: string;
/** By Ada, and by an author of this home. */
let theirs: string;
let own: string;
/** Over standard input and output, and over HTTP. */
let stdio: Client;
let web: Client;
let command: ChildProcess;
let url: string;
let token: string;

const connected = async (transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<Client> => {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return client;
};
const overHttp = (bearer: string) =>
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${bearer}` } } });

/** What a tool answers, and whether it is a refusal; both forms of an answer say the same. */
async function call(client: Client, name: string, args: object, o: RequestOptions = {}) {
  const {
    content,
    structuredContent,
    isError = false,
  } = await client.callTool({ name, arguments: { ...args } }, undefined, o);
  const [{ text }] = content as [{ text: string }];
  if (isError) return { isError, said: text.startsWith("{") ? JSON.parse(text) : text };
  expect(structuredContent).toEqual(JSON.parse(text));
  return { isError, said: JSON.parse(text) };
}

const draft = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return { filepath: name, sources: ["../drafts/bees.md", `choir:${theirs.slice(0, 8)}`] };
};
const runsFor = async (request: string) => (await api.client.runs()).filter((run) => run.request === request);

beforeAll(async () => {
  api = await openTestApi();
  folder = join(api.home, "drafts");
  await mkdir(folder);
  await writeFile(join(folder, "bees.md"), "# Bees\n\nBees live in cities.\n");
  const markdown = "# Spring tides\n\nThe moon and the sun pull together.\u200b";
  theirs = (await api.choir.publish({ markdown, author: "Ada", key: "tides" }, KeyPair.generate())).id;
  const signer = await api.authors.signer((await api.authors.named("Bob")).publicKey);
  if (signer === undefined) throw new Error("The author's key is not here.");
  const sources = [{ id: "S1", uri: `choir:${theirs}`, sha256: "a".repeat(64) }];
  const boats = { markdown: "# Boats\n\nBoats wait.", author: "Bob", key: "boats", sources };
  own = (await api.choir.publish(boats, signer)).id;

  command = start(api.home, ["mcp", "--http", "0", "--folder", folder, "--author", "Bob", "--json"]);
  const [line] = (await once(command.stdout?.setEncoding("utf8") ?? command, "data")) as [string];
  const said = JSON.parse(line) as { url: string; token: string };
  ({ url } = said);
  ({ token } = await mcpToken(api.home));
  expect(said.token).toBe(join(api.home, "mcp-token"));
  const pipe = new StdioClientTransport({
    command: process.execPath,
    args: [BIN, "mcp", "--folder", folder, "--author", "Bob"],
    env: { ...(process.env as Record<string, string>), VIBEWRITER_HOME: api.home },
    stderr: "ignore",
  });
  [stdio, web] = [await connected(pipe), await connected(overHttp(token))];
});
afterAll(async () => {
  await Promise.all([stdio?.close(), web?.close()]);
  if (command !== undefined) {
    const gone = once(command, "exit");
    command.kill("SIGTERM");
    expect(await gone).toEqual([0, null]);
  }
  await api?.[Symbol.asyncDispose]();
});

describe.each([
  ["standard input and output", () => stdio],
  ["HTTP", () => web],
])("the Choir over %s", (name, client) => {
  it("has three tools, which say what they change, and the articles", async () => {
    const { tools } = await client().listTools();
    expect(tools.map((tool) => [tool.name, tool.annotations?.readOnlyHint, tool.annotations?.idempotentHint])).toEqual([
      ["search_choir_kb", true, undefined],
      ["cite_article", undefined, true],
      ["publish_to_choir", undefined, true],
    ]);
    const { resources } = await client().listResources();
    expect(resources.map(({ uri }) => uri)).toContain(`choir://article/${theirs}`);
    const { contents } = await client().readResource({ uri: `choir://article/${theirs}` });
    expect(contents).toMatchObject([{ text: "# Spring tides\n\nThe moon and the sun pull together." }]);
    for (const id of ["ffffffff", "%2E%2E%2Fv1%2Fhealth"]) {
      await expect(client().readResource({ uri: `choir://article/${id}` })).rejects.toThrow("There is no article");
    }
  });

  it("searches, whatever the words", async () => {
    const { said } = await call(client(), "search_choir_kb", { query: "does the moon pull" });
    expect(said.articles[0]).toEqual({
      article_id: theirs,
      title: "Spring tides",
      author: "Ada",
      similarity: expect.any(Number),
      content_preview: "The moon and the sun pull together.",
      cited_by: expect.any(Number),
    });
    expect(await call(client(), "search_choir_kb", { query: 'moon" NEAR(\0 \u202e* OR' })).toMatchObject({
      isError: false,
    });
    for (const args of [
      { query: " " },
      { query: "x".repeat(1_000_000) },
      { query: "x", limit: 0 },
      { query: ["x"] },
      {},
    ]) {
      const { isError, said: refusal } = await call(client(), "search_choir_kb", args);
      expect(isError).toBe(true);
      expect(refusal.length).toBeLessThan(1_000);
    }
  });

  it("cites what an own article has among its sources, once, and nothing else", async () => {
    const cite = (cited: string, citing: string, passage?: string) =>
      call(client(), "cite_article", { article_id: cited, citing_article_id: citing, context: "They pull.", passage });
    const right = await cite(`choir:${theirs}`, own, "pull together");
    expect(right.said).toMatchObject({ author_rewarded: 0, article_url: `choir:${theirs}` });
    expect(right.said.citation_text).toContain("Spring tides");
    expect((await cite(theirs, own)).said.note).toContain("cited before");
    expect(await api.choir.citations(theirs)).toBe(1);
    const refused = (code: string) => ({ isError: true, said: { error: { code, message: expect.any(String) } } });
    expect(await cite(own, theirs)).toEqual(refused("not_used"));
    for (const id of ["ffffffff", "../../v1/stop", "\u202e\0", "f".repeat(150)]) {
      expect(await cite(id, own)).toEqual(refused("unknown_article"));
    }
  });

  it("publishes after a person's approval and never without, once, however often it is called", async () => {
    const args = await draft("draft.md", `# ask me over ${name}\n\nWords [S1].\n`);
    const publish = () => call(client(), "publish_to_choir", args);
    const [asked, same] = await Promise.all([publish(), publish()]);
    expect(asked.said).toMatchObject({ status: "waiting", question: "Publish?", citations: { rate: 1 } });
    expect(asked.said.approve).toBe(`vibewriter resume ${asked.said.run}`);
    expect([same, await publish()]).toEqual([asked, asked]);
    expect(await runsFor(`ask me over ${name}`)).toMatchObject([
      {
        yes: false,
        askedBy: "agent",
        author: "Bob",
        draft: join(folder, "draft.md"),
        sources: [join(folder, "bees.md"), `choir:${theirs}`],
      },
    ]);
    const { approval } = await api.client.run(asked.said.run);
    await api.client.decide(asked.said.run, approval?.id ?? "", { decision: "approve" }, {});
    const published = await publish();
    expect(published.said).toMatchObject({
      ...{ status: "published", article_id: "0123456789abcdef01234567", novelty_score: 80 },
      ...{ url: "choir:0123456789abcdef01234567", cited: [], chip_staked: 0, chip_rewarded: 0, net_chip: 0 },
    });
    expect(await publish()).toEqual(published);
    expect(await runsFor(`ask me over ${name}`)).toHaveLength(1);
  });

  it("says why a draft is refused, and takes it anew", async () => {
    const args = await draft("nothing.md", `# nothing over ${name}\n\nWords [S1].\n`);
    const refused = { isError: true, said: { error: { code: "not_enough_evidence" } } };
    expect(await call(client(), "publish_to_choir", args)).toMatchObject(refused);
    expect(await call(client(), "publish_to_choir", args)).toMatchObject(refused);
    expect(await runsFor(`nothing over ${name}`)).toHaveLength(2);
  });

  it("tells how it gets on, to whoever wants to know", async () => {
    const onprogress = vi.fn();
    const args = await draft("logged.md", `# logged over ${name}\n\nWords [S1].\n`);
    await call(client(), "publish_to_choir", args, { onprogress });
    expect(onprogress).toHaveBeenCalledWith({ progress: 1, message: "Half of it." });
  });
});

describe("vibewriter mcp", () => {
  it("reads what is in its folder, and tells nothing of the rest of the machine", async () => {
    await symlink("/etc", join(folder, "etc"));
    execFileSync("mkfifo", [join(folder, "pipe.md")]);
    await writeFile(join(folder, "big.md"), Buffer.alloc(2 ** 21 + 1, 65));
    const { sources } = await draft("mine.md", "# Mine\n\nWords [S1].\n");
    const codeFor = async (args: object) =>
      (await call(web, "publish_to_choir", { filepath: "mine.md", sources, ...args })).said.error.code;
    for (const path of [
      "../config.json",
      "/etc/passwd",
      "etc/passwd",
      "/dev/zero",
      "/nowhere/at/all",
      "../drafts.md",
    ]) {
      expect(await codeFor({ filepath: path })).toBe("outside");
      expect(await codeFor({ sources: [path] })).toBe("outside");
    }
    for (const filepath of ["gone.md", ".", "pipe.md", "big.md", "a\0b", "\u202egone.md"]) {
      expect(await codeFor({ filepath })).toBe("usage");
    }
    expect(await codeFor({ sources: ["choir:ffffffff"] })).toBe("unknown_article");
    expect(await runsFor("Mine")).toEqual([]);
  });

  it("serves two clients at once, each its own answers", async () => {
    await using other = { client: await connected(overHttp(token)), [Symbol.asyncDispose]: () => other.client.close() };
    const ask = (client: Client, limit: number) => call(client, "search_choir_kb", { query: "moon boats wait", limit });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ask(n % 2 === 0 ? web : other.client, 1 + (n % 2))),
    );
    expect(answers.map(({ said }) => said.articles.length)).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
  });

  it.each([
    ["a wrong token", { authorization: `Bearer ${"x".repeat(43)}` }, 401],
    ["no token", {}, 401],
    ["an origin of the web", { origin: "https://evil.example" }, 403],
    ["an origin that only looks like this machine", { origin: "http://127.0.0.1.evil.example" }, 403],
    ["the origin of a file", { origin: "null" }, 403],
    ["a body that is no JSON", {}, 400, "{"],
    ["a body over the limit", {}, 413, "x".repeat(5_000_000)],
  ])("refuses %s", async (_what, headers, status, text?: string) => {
    const body = text ?? JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    const all = {
      ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
      ...(status !== 401 && { authorization: `Bearer ${token}` }),
      ...headers,
    };
    const answer = await fetch(url, { method: "POST", body, headers: all });
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain("search_choir_kb");
  });

  it("refuses another host name, another path and another method, and takes an origin of this machine", async () => {
    const curl = async (...args: string[]) => {
      const shown = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Authorization: Bearer ${token}`];
      return (await promisify(execFile)("curl", [...shown, ...args], { timeout: 30_000 })).stdout;
    };
    expect(await curl("-X", "POST", "-H", "Host: evil.example", url)).toBe("403");
    expect(await curl("-X", "POST", url.replace("/mcp", "/v1/stop"))).toBe("404");
    expect(await curl(url)).toBe("405");
    expect(await curl("-X", "POST", "-H", "Origin: http://localhost:3000", "-d", "{}", url)).not.toMatch(/40[135]/);
    // Of this machine only.
    const { port } = new URL(url);
    const listening = execFileSync("sh", ["-c", "cat /proc/net/tcp /proc/net/tcp6"], { encoding: "utf8" });
    const local = Number(port).toString(16).toUpperCase().padStart(4, "0");
    expect(listening.match(new RegExp(`[0-9A-F]+:${local} [0-9A-F:]+ 0A`, "g"))).toEqual([
      expect.stringMatching(/^0100007F:/),
    ]);
  });

  it("takes no port that is taken", async () => {
    const { port } = new URL(url);
    const { code, stderr } = await cli(api.home, ["mcp", "--http", port]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `The port ${port} is taken; name another one with --http.\n` });
  });

  it("keeps its token to itself", async () => {
    const { file } = await mcpToken(api.home);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o644);
    await expect(mcpToken(api.home)).rejects.toThrow("Others can read");
    await chmod(file, 0o600);
    expect((await mcpToken(api.home)).token).toBe(token);
    await writeFile(file, "\n");
    await expect(mcpToken(api.home)).rejects.toThrow("has no token in it");
    await writeFile(file, token);
  });

  it("goes on when a client over HTTP breaks off, and so does its run", async () => {
    const args = await draft("broken.md", "# slow and broken off\n\nWords [S1].\n");
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "publish_to_choir", arguments: args } };
    const gone = new AbortController();
    const headers = {
      ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
      authorization: `Bearer ${token}`,
    };
    const asking = fetch(url, { method: "POST", body: JSON.stringify(body), headers, signal: gone.signal });
    const status = async () => (await runsFor("slow and broken off"))[0]?.status;
    await expect.poll(status, { timeout: 20_000 }).toBe("running");
    gone.abort();
    await asking.then((answer) => answer.text()).catch(() => undefined);
    expect(await call(web, "search_choir_kb", { query: "moon" })).toMatchObject({ isError: false });
    const [run] = await runsFor("slow and broken off");
    expect(run?.status).toBe("running");
    await api.client.cancel(run?.runId ?? "");
  });
});

/** A client that speaks for itself, line by line. */
async function rawClient() {
  const child = spawn(process.execPath, [BIN, "mcp", "--folder", folder], {
    env: { ...process.env, VIBEWRITER_HOME: api.home },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      heard[name] += text;
    });
  }
  child.stdin.on("error", () => undefined);
  const exit = once(child, "exit");
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  say({ id: 1, method: "initialize", params });
  await once(child.stdout, "data");
  say({ method: "notifications/initialized" });
  const ended = () => Promise.race([exit, sleep(15_000, "still there")]);
  return { child, heard, say, ended };
}

describe("vibewriter mcp on standard input", () => {
  it("writes nothing but the protocol, whatever it is told, and ends when its input does", async () => {
    const { child, heard, say, ended } = await rawClient();
    child.stdin.write("no JSON\n\n[]\n");
    say({ id: 2, method: "tools/list" });
    await expect.poll(() => heard.stdout.trim().split("\n").length, { timeout: 20_000 }).toBe(2);
    child.stdin.end();
    expect(await ended()).toEqual([0, null]);
    expect(
      heard.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual([1, 2]);
    expect(heard.stderr).toContain("not valid JSON");
  });

  it("ends with a client that says more at once than it takes", async () => {
    const { child, heard, ended } = await rawClient();
    child.stdin.write("x".repeat(11 * 2 ** 20));
    expect(await ended()).toEqual([1, null]);
    expect(heard.stderr).toContain("exceeded maximum size");
  });

  it("ends with its client, also in the middle of a call", async () => {
    const { child, say, ended } = await rawClient();
    const args = await draft("slow.md", "# slow\n\nWords [S1].\n");
    say({ id: 2, method: "tools/call", params: { name: "publish_to_choir", arguments: args } });
    await expect.poll(async () => (await runsFor("slow"))[0]?.status, { timeout: 20_000 }).toBe("running");
    child.stdout.destroy();
    child.stdin.end();
    expect(await ended()).toEqual([0, null]);
    // The run is the home's: it goes on, and is there for whoever asks.
    const [left] = await runsFor("slow");
    expect(left?.status).toBe("running");
    await api.client.cancel(left?.runId ?? "");
  });
});
