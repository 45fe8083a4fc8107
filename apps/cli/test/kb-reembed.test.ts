import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestService, testService } from "../../../packages/choir/test/search/embedders/service.js";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

const NAME = "voyage:voyage-9";
let api: TestApi;
let service: TestService;
beforeAll(async () => {
  service = await testService();
  api = await openTestApi({ embedder: { url: service.url, key: "key-of-the-owner" } });
  await api.choir.publish({ markdown: "# Tides\n\nThe moon pulls.", author: "Ada", key: "tides" }, api.ada);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

const cli = (...args: string[]): Promise<Finished> => run(api.home, ["kb", "reembed", ...args]);

it("says what it would be, makes the index of another embedder, and changes nothing that is so already", async () => {
  const status = JSON.parse((await cli("--dry-run", "--json")).stdout);
  expect(status).toMatchObject({ mode: "lexical", load: { texts: 1 }, making: null, problem: null });
  expect((await cli("--dry-run")).stdout).toContain("Another embedder would get 1 text,");
  expect(service.asked).toEqual([]);

  const made = JSON.parse((await cli("--embedder", NAME, "--json")).stdout);
  expect(made).toMatchObject({ model: NAME, isNew: true });
  expect(service.asked.some(({ texts }) => texts.some((text) => text.includes("The moon pulls.")))).toBe(true);
  expect(existsSync(join(api.home, "choir.sqlite"))).toBe(false);
  expect((await api.choir.search("moon"))[0]?.title).toBe("Tides");
  expect((await cli("--embedder", NAME)).stdout).toContain(`Articles were searched already with ${NAME}`);
});

it("says what is wrong in one sentence, without the key, and the index that there is goes on", async () => {
  expect(await cli("--embedder", "whatever")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("whatever"),
  });
  service.failures.push(...Array.from({ length: 20 }, () => ({ status: 401 })));
  const refused = await cli("--embedder", "voyage:voyage-10");
  expect(refused).toMatchObject({ code: expect.any(Number), stdout: "" });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  expect(refused.stderr).not.toContain("key-of-the-owner");
  service.failures.length = 0;
  expect((await api.choir.search("moon"))[0]?.title).toBe("Tides");
  expect(JSON.parse((await cli("--dry-run", "--json")).stdout)).toMatchObject({ model: NAME });
});
