import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { RunResult } from "@vibewriter/agent/runs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { cli, ROOT, start } from "./support/cli.js";
import { type TestHome, testHome } from "./support/home.js";
import { serverOf } from "./support/server.js";
import { until } from "./support/until.js";

const FACT = "The USDC supply cap on Base is $500 million";
const minutes = (n: number): number => n * 60_000;

const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const Answer = z.looseObject({
  status: z.string(),
  run: z.string(),
  approve: z.string().optional(),
  article_id: z.string().optional(),
});
const Found = z.object({ articles: z.array(z.looseObject({ article_id: z.string(), cited_by: z.number() })) });

/** A home as a person has it, and agents of other makers that know nothing of it but the protocol. */
describe("the Choir for any agent", () => {
  let home: TestHome;
  let folder: string;
  let theirs: string;
  let server: ChildProcess;
  let stdio: Client;
  let web: Client;

  beforeAll(async () => {
    home = await testHome();
    folder = join(home.path, "writing");
    await mkdir(folder);
    await copyFile(join(ROOT, "examples/base-defi/01-aave-v3-usdc.md"), join(folder, "aave.md"));
    await writeFile(join(folder, "ada.md"), `# Caps on Base\n\n${FACT} [S1].\n`);
    const args = ["publish", join(folder, "ada.md"), "--sources", join(folder, "aave.md"), "--author", "Ada"];
    const { code, stdout, stderr } = await cli(home.path, [...args, "--out", join(folder, "out"), "--yes", "--json"]);
    expect(code, stderr).toBe(0);
    theirs = RunResult.parse(JSON.parse(stdout)).article?.id ?? "";

    server = start(home.path, ["mcp", "--http", "0", "--folder", folder, "--author", "Bob", "--json"]);
    const [line] = (await once(server.stdout?.setEncoding("utf8") ?? server, "data")) as [string];
    const { url, token } = z.object({ url: z.string(), token: z.string() }).parse(JSON.parse(line));
    const authorization = `Bearer ${(await readFile(token, "utf8")).trim()}`;
    stdio = new Client({ name: "stdio", version: "1" });
    web = new Client({ name: "web", version: "1" });
    await stdio.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [join(ROOT, "apps/cli/bin/vibewriter.mjs"), "mcp", "--folder", folder, "--author", "Bob"],
        env: { ...(process.env as Record<string, string>), VIBEWRITER_HOME: home.path },
        stderr: "ignore",
      }),
    );
    await web.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization } } }));
  }, minutes(4));

  afterAll(async () => {
    await Promise.all([stdio?.close(), web?.close()]);
    if (server !== undefined) {
      const gone = once(server, "exit");
      server.kill("SIGTERM");
      await gone;
    }
    await home[Symbol.asyncDispose]();
  }, minutes(2));

  const call = async (client: Client, name: string, args: Record<string, unknown>) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
    expect(isError, JSON.stringify(content)).toBeFalsy();
    return structuredContent;
  };

  it.each([
    ["standard input and output", () => stdio, () => web],
    ["HTTP", () => web, () => stdio],
  ])(
    "is found, published to when a person has said so, and cited, over %s",
    async (how, client, other) => {
      const found = Found.parse(await call(client(), "search_choir_kb", { query: "USDC supply cap on Base" }));
      expect(found.articles.map(({ article_id }) => article_id)).toContain(theirs);

      const text = `# Caps, told over ${how}\n\n${FACT} [S1].\n\n${FACT} [S2].\n`;
      await writeFile(join(folder, "bob.md"), text);
      const draft = { filepath: "bob.md", sources: [`choir:${theirs}`, "aave.md"] };
      const publish = async (by: Client) => Answer.parse(await call(by, "publish_to_choir", draft));
      const rested = (by: Client) =>
        until(async () => {
          const answer = await publish(by);
          return answer.status !== "running" && answer;
        }, minutes(3));
      const { status, approve = "" } = await rested(client());
      expect({ status, approve }).toEqual({
        status: "waiting",
        approve: expect.stringMatching(/^vibewriter resume run-/),
      });
      const approved = await cli(home.path, [...approve.split(" ").slice(1), "--yes"]);
      expect(approved.code, approved.stderr).toBe(0);

      const published = await rested(client());
      expect(published).toMatchObject({
        status: "published",
        cited: [theirs],
        note: expect.stringContaining("provisional"),
      });
      // Whoever calls again, the same way or another one, hears of that article.
      expect(await rested(other())).toEqual(published);
      const cite = { article_id: theirs, citing_article_id: published.article_id, context: "The cap." };
      expect(await call(client(), "cite_article", cite)).toMatchObject({
        ...{ author_rewarded: 0, article_url: `choir:${theirs}` },
        ...{ citation_text: expect.stringContaining("Ada"), note: expect.stringContaining("cited before") },
      });
    },
    minutes(6),
  );

  it("takes nothing that the check or a person refuses, and says why", { timeout: minutes(4) }, async () => {
    const refusalOf = async (name: string, fact: string, answer?: (run: string) => Promise<unknown>) => {
      await writeFile(join(folder, name), `# ${name}\n\n${fact} [S1].\n`);
      const args = { filepath: name, sources: ["aave.md"] };
      return await until(async () => {
        const { isError, content, structuredContent } = await web.callTool({
          name: "publish_to_choir",
          arguments: args,
        });
        if (isError)
          return Refused.parse(JSON.parse(z.array(z.object({ text: z.string() })).parse(content)[0]?.text ?? ""));
        const { status, run } = Answer.parse(structuredContent);
        if (status === "waiting") await answer?.(run);
        return undefined;
      }, minutes(2));
    };
    const wrong = await refusalOf("wrong.md", FACT.replace("500", "700"));
    expect(wrong).toMatchObject({ error: { code: "not_published", message: expect.stringContaining("$700 million") } });
    const decline = async (run: string) => {
      const client = await serverOf(home);
      const id = (await client.run(run)).approval?.id ?? "";
      await client.decide(run, id, { decision: "reject", message: "Not yet." }, {});
    };
    const declined = await refusalOf("declined.md", FACT, decline);
    expect(declined).toMatchObject({ error: { code: "rejected", message: expect.stringContaining("“Not yet.”") } });
    // To ask again is to hear it again.
    expect(await refusalOf("declined.md", FACT)).toEqual(declined);
  });

  it("is there for clients that stay when the server of the home has ended, with what was cited", async () => {
    expect((await cli(home.path, ["stop"])).code).toBe(0);
    const { articles } = Found.parse(await call(web, "search_choir_kb", { query: "caps on Base", limit: 10 }));
    expect(articles).toHaveLength(3);
    expect(articles.find(({ article_id }) => article_id === theirs)?.cited_by).toBe(2);
  });
});
