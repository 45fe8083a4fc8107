import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KeyPair } from "@vibewriter/choir";
import type { FollowEvent } from "@vibewriter/server";
import { type Finished, finished, start } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { until } from "../../../tests/support/until.js";
import { Receiver } from "../../server/test/support/receiver.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { wordsOf } from "../src/commands/completion-words.js";

/** A title that would be something else than text on a terminal or in XML. */
const HOSTILE = "Tides <script> & \u202Eright to left";

const author = KeyPair.generate();
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await publish("before");
});
afterAll(() => api?.[Symbol.asyncDispose]());

const cli = (...args: string[]): Promise<Finished> => run(api.home, args);
const publish = async (key: string) => {
  const article = { markdown: `# ${HOSTILE} ${key}\n\nText.`, author: "Ada", tags: ["sea"] };
  return (await api.choir.publish({ ...article, key }, author)).id;
};

it("kb feed prints an Atom feed, or writes it into a file", async () => {
  const { code, stdout } = await cli("kb", "feed", "--tag", "sea");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<\?xml version="1.0"/);
  expect(stdout).toContain("Tides &#60;script&#62; &#38;");
  expect(stdout).not.toContain("\u202E");
  const file = join(api.home, "feed.atom");
  expect(JSON.parse((await cli("kb", "feed", "-o", file, "--json")).stdout)).toEqual({ path: file });
  expect(await readFile(file, "utf8")).toContain("</feed>");
  expect((await cli("kb", "feed", "--tag", "nothing", "--limit", "1")).stdout).not.toContain("<entry>");
  expect(await cli("kb", "feed", "--limit", "0")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("1 to 500"),
  });
  expect(await cli("kb", "feed", "--followed", "--tag", "sea")).toMatchObject({ code: 2, stdout: "" });
  const of = async (...whose: string[]) => (await cli("kb", "feed", ...whose)).stdout.split("<entry>").length - 1;
  const before = (await api.client.articles()).at(-1)?.id ?? "";
  expect([await of("--article", before.slice(0, 6)), await of("--author", author.publicKey)]).toEqual([1, 1]);
  for (const [args, sentence] of [
    [["--article", "ffffffff"], "There is no article"],
    [["--author", "Nobody"], "There is no author Nobody"],
    [["-o", "/no/such/folder/x.atom"], "name another file with --output"],
  ] as const) {
    const refused = await cli("kb", "feed", ...args);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) });
  }
});

it("follow adds, lists, tests, watches and removes", async () => {
  await using receiver = await Receiver.open(() => 200);
  const added = JSON.parse((await cli("follow", "add", "tag:Sea", "--webhook", receiver.url, "--json")).stdout);
  const { id } = added.follow;
  expect(added).toMatchObject({ isNew: true, follow: { subject: "tag:sea", pending: 0, lastError: null } });
  expect((await cli("follow", "add", "tag:sea", "--webhook", receiver.url)).stdout).toContain("Followed already");
  const eve = (await api.authors.named("Eve")).publicKey;
  const byName = JSON.parse((await cli("follow", "add", "author:Eve", "--json")).stdout);
  expect(byName.follow.subject).toBe(`author:${eve}`);
  expect(await cli("follow", "remove", byName.follow.id)).toMatchObject({ code: 0 });
  expect((await cli("follow", "list")).stdout).toMatch(new RegExp(`^${id} +tag:sea`, "m"));
  expect(await cli("follow", "test", id)).toMatchObject({ code: 0, stdout: "Delivered.\n" });

  const watching = start(api.home, ["follow", "watch", id, "--after", "0", "--json"]);
  let seen = "";
  watching.stdout?.on("data", (text: Buffer) => {
    seen += text.toString();
  });
  const ended = finished(watching, 60_000);
  const article = await publish("after");
  await until(async () => seen.includes("\n"), 30_000);
  watching.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 130, stderr: "" });
  const events = seen
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as FollowEvent);
  expect(events).toMatchObject([{ kind: "published", article: { id: article }, follow: { id, subject: "tag:sea" } }]);

  const shown = start(api.home, ["follow", "watch", "--after", "0"]);
  let lines = "";
  shown.stdout?.on("data", (text: Buffer) => {
    lines += text.toString();
  });
  const left = finished(shown, 60_000);
  await until(async () => lines.includes("\n"), 30_000);
  shown.kill("SIGINT");
  await left;
  expect(lines).toContain(`${article.slice(0, 12)}  “Tides <script>`);
  expect(lines).not.toContain("\u202E");
  expect(await wordsOf(api.home, "follows", id.slice(0, 2))).toEqual([id]);
  expect(await cli("follow", "remove", id)).toMatchObject({ code: 0 });
  expect(JSON.parse((await cli("follow", "list", "--json")).stdout)).toEqual({ follows: [] });
});

it("follow says what is wrong in one sentence", async () => {
  for (const [args, code, sentence] of [
    [["add", "ada"], 2, "Follow author:KEY, tag:TAG or article:ID."],
    [["add", "article:ffffffff"], 2, "ffffffff"],
    [["add", "author:Nobody"], 2, "There is no author Nobody"],
    [["add", "tag:sea", "--webhook", "http://example.org/"], 2, "https://"],
    [["remove", "none"], 2, "vibewriter follow list"],
    [["test", "none"], 2, "vibewriter follow list"],
    [["watch", "none"], 2, "vibewriter follow list"],
    [["watch", "--after", "-1"], 2, "whole number"],
    [["remove", ""], 2, "vibewriter follow list"],
  ] as const) {
    const result = await cli("follow", ...args);
    expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(sentence) });
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  }
});
