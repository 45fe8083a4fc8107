import { KeyPair } from "@vibewriter/choir";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

describe("vibewriter kb search", () => {
  let api: TestApi;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["kb", "search", ...args]);
  const found = async (...args: string[]) => {
    const { hits } = JSON.parse((await cli(...args, "--json")).stdout) as { hits: { title: string }[] };
    return hits.map(({ title }) => title);
  };
  const bob = KeyPair.generate();

  beforeAll(async () => {
    api = await openTestApi();
    const ada = await api.authors.signer((await api.authors.named("Ada")).publicKey);
    if (ada === undefined) throw new Error("Ada has no key.");
    const tides = { markdown: "# 潮汐\n\n月亮引起潮汐。The moon makes the tides.", author: "Ada", key: "tides" };
    await api.choir.publish(tides, ada);
    await api.choir.publish({ markdown: "# Neaps\n\nThe moon is half.", author: "Bob", key: "neaps" }, bob);
  });
  afterAll(() => api?.[Symbol.asyncDispose]());

  it.each([
    ["10,000 words", "makes ".repeat(10_000)],
    ["a page of another script", "月亮引起潮汐。".repeat(2_000)],
    ["one word of 20,000 letters, and an end", `${"潮".repeat(20_000)} x`],
  ])("takes %s as an ordinary question", async (_what, question) => {
    expect((await found(question))[0]).toBe("潮汐");
  });

  it("knows the authors of the home by name, and others by their whole keys", async () => {
    expect(await found("moon", "--author", "Ada")).toEqual(["潮汐"]);
    expect(await found("moon", "--author", bob.publicKey)).toEqual(["Neaps"]);
    expect(await cli("moon", "--author", "Bob")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("There is no author Bob in this home; name others by the whole key"),
    });
  });
});
