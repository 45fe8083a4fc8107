import { KeyPair } from "@vibewriter/choir";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

describe("vibewriter ledger", () => {
  let api: TestApi;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["ledger", ...args]);
  const ada = KeyPair.fromSeed(Buffer.alloc(32, 1));

  beforeAll(async () => {
    api = await openTestApi();
    await api.choir.publish({ markdown: "# Tides\n\nThe moon pulls.", author: "Ada", key: "tides" }, ada);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("shows what each author has, and what nobody has", async () => {
    const { authors, common } = JSON.parse((await cli("balance", "--json")).stdout);
    expect(authors).toEqual([
      {
        author: ada.publicKey,
        CHIP: { available: "0", granted: "0", staked: "100", pending: "0" },
        USDC: { available: "0.00", pending: "0.00" },
      },
    ]);
    expect(common).toContainEqual({ account: "treasury", currency: "CHIP", amount: "99999900" });
    const one = await cli("balance", ada.publicKey.slice(0, 6));
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ada.publicKey}  0.00  0.00`) });
    expect(one.stdout).not.toContain("treasury");
  });

  it("says what was posted and why, and exports it", async () => {
    const { stdout } = await cli("history", ada.publicKey);
    expect(stdout).toMatch(/novelty +[0-9a-f]{24} +score [0-9.]+ is provisional \(lexical\) and pays nothing/);
    expect(stdout).toMatch(/stake +[0-9a-f]{24} +100 CHIP to stake/);
    const lines = (await cli("export")).stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(["genesis", "grant", "stake", "novelty"]);
  });

  it("says what an article has staked and earned", async () => {
    const [article] = await api.client.articles();
    expect(await api.client.ledger.article(article?.id ?? "")).toEqual({
      ...{ staked: "100", rewarded: "0", net: "-100" },
      note: expect.stringMatching(/^The stake comes back after 30 days. Novelty: score [0-9.]+ is provisional/),
    });
    const nothing = { staked: "0", rewarded: "0", net: "0", note: "Nothing was staked." };
    expect(await api.client.ledger.article("f".repeat(24))).toEqual(nothing);
  });

  it("funds a month once for each payment, and verifies", async () => {
    const fund = (amount: string, ...more: string[]) => cli("fund", amount, "--reference", "transfer 7", ...more);
    expect(await fund("12.50")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The .* is 12.50 USDC now/) });
    for (const amount of ["12.50", "20"]) {
      const again = await fund(amount);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing was added.* is 12.50 USDC now/) });
    }
    const { code, stdout } = await cli("verify", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ verified: true, postings: 5, accounts: 5, facts: 1, otherScores: 0 });
  });

  it.each([
    [["balance", "nobody"], 'has no author "nobody"'],
    [["fund", "ten", "--reference", "x"], "is no amount of USDC"],
    [["fund", "10", "--reference", "x", "--month", "2020-01"], "2020-01 is over"],
    [["fund", "10", "--reference", "x", "--month", "soon"], "month: must be a month"],
    [["fund", "10"], "--reference"],
    [["history", "--limit", "0"], "whole number"],
  ])("%j ends with 2 and says what to do", async (args, said) => {
    expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });

  it("has the names of the authors of this home, also of one who has nothing yet", async () => {
    const { publicKey } = await api.authors.named("Newcomer");
    const newcomer = await cli("balance", "Newcomer");
    expect(newcomer).toMatchObject({ code: 0, stdout: "Nothing was posted for this author yet.\n" });
    const signer = await api.authors.signer(publicKey);
    await api.choir.publish({ markdown: "# New\n\nHere.", author: "Newcomer", key: "new" }, signer ?? ada);
    expect((await cli("balance")).stdout).toMatch(new RegExp(`^Newcomer +${publicKey} +0.00`, "m"));
  });
});
