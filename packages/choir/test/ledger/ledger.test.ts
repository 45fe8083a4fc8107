import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { type Choir, type Embedder, Ledger, type LedgerOptions, lexicalEmbedder } from "../../src/index.js";
import type { Fact } from "../../src/ledger/facts.js";
import { formatAmount } from "../../src/ledger/money.js";
import { monthOf } from "../../src/ledger/months.js";
import { ada, author, bob, type TestHome, testHome } from "../support/home.js";
import { library } from "../support/writing.js";
import { DAY, published, usdc } from "./support.js";

vi.setConfig({ testTimeout: 120_000 });

/** As good as the lexical one; what it says of itself is what pays. */
const semantic: Embedder = { ...lexicalEmbedder, model: "semantic-test", mode: "semantic" };
const texts = library(1);

/** Ada and Bob publish two articles each, and Bob's first cites Ada's first. */
async function fill(choir: Choir): Promise<{ ids: string[] }> {
  const ids: string[] = [];
  for (const [i, { subject, markdown }] of texts.slice(0, 4).entries()) {
    const { id } = await choir.publish({ markdown, author: "A", key: subject }, i % 2 === 0 ? ada : bob);
    ids.push(id);
  }
  await choir.cite({ citing: ids[1] ?? "", cited: ids[0] ?? "", claim: "see there" }, bob);
  return { ids };
}

async function amounts(ledger: Ledger): Promise<Record<string, string>> {
  const accounts = await ledger.accounts();
  return Object.fromEntries(
    accounts.map(({ account, currency, amount }) => [
      account.slice(0, 20),
      `${formatAmount(amount, currency)} ${currency}`,
    ]),
  );
}

describe("a ledger beside a knowledge base", () => {
  let home: TestHome;
  let choir: Choir;
  let ids: string[];
  let clock = Date.now();
  const open = (path = "ledger.sqlite") =>
    Ledger.open({ backbone: home.backbone, choir, path: `${home.path}/${path}`, now: () => clock });
  beforeAll(async () => {
    home = await testHome();
    choir = await home.open({ embedder: semantic });
    ({ ids } = await fill(choir));
  });
  afterAll(async () => {
    await choir[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  it("stakes, pays and refunds what was published and cited, and verifies", async () => {
    await using ledger = await open();
    const payment = { sponsor: "operator", month: monthOf(clock), amount: usdc("12"), reference: "transfer 1" };
    await ledger.fund(payment);
    const over = { ...payment, month: "2020-01", reference: "transfer 2" };
    await expect(ledger.fund(over)).rejects.toMatchObject({ name: "ChoirError", code: "invalid_funding" });
    await ledger.fund(payment);
    expect((await ledger.accounts(ada.publicKey)).map(({ account }) => account.split(":")[0])).toEqual([
      "pending",
      "stake",
    ]);
    clock += 100 * DAY;
    const after = await amounts(ledger);
    expect(after).toMatchObject({
      [`author:${ada.publicKey}`.slice(0, 20)]: "5.00 USDC",
      [`granted:${ada.publicKey}`.slice(0, 20)]: "100 CHIP",
      issuance: "-100000000 CHIP",
      "sponsor:operator": "-12.00 USDC",
    });
    const history = await ledger.history({ author: ada.publicKey, limit: 100 });
    expect(history.map(({ posting }) => posting.kind).reverse()).toEqual(
      expect.arrayContaining(["grant", "stake", "novelty", "cited", "refund", "citation", "vest", "release"]),
    );
    const report = await ledger.verify();
    expect(report).toMatchObject({ facts: 5, otherScores: 0 });
    expect(report.difference).toBe(undefined);
    expect(report.postings).toBe((await ledger.history({ limit: 100 })).length);
  });

  it("is the same in another file, beside another bookkeeper, and when its file was of another stream", async () => {
    clock += DAY;
    await using one = await open();
    await using two = await open("second.sqlite");
    const extra = await choir.publish({ markdown: "# Extra\n\nSome words.", author: "C", key: "extra" }, author(3));
    await Promise.all([one.settled(), two.settled()]);
    expect(await one.accounts()).toEqual(await two.accounts());
    expect((await one.history({ limit: 3 }))[0]?.posting.article).toBe(extra.id);
    expect((await two.verify()).difference).toBe(undefined);

    await using other = await testHome();
    await using otherChoir = await other.open({ embedder: semantic });
    await using third = await Ledger.open({
      backbone: other.backbone,
      choir: otherChoir,
      path: `${home.path}/third.sqlite`,
    });
    await third.settled();
    await third[Symbol.asyncDispose]();
    await using again = await open("third.sqlite");
    expect(await again.accounts()).toEqual(await one.accounts());
  });

  it("names the first balance and the first posting of its file that somebody has changed", async () => {
    const path = `${home.path}/tampered.sqlite`;
    const account = `account = 'author:${ada.publicKey}' AND currency = 'USDC'`;
    for (const [sql, difference] of [
      [`UPDATE accounts SET balance = '9000000' WHERE ${account}`, "is 9.00 USDC and should be 5.00 USDC"],
      ["INSERT INTO accounts VALUES ('budget:2020-01', 'USDC', NULL, '1')", "should be 0.00 USDC"],
      ["DELETE FROM accounts WHERE account = 'treasury'", "The balance of treasury in ledger.sqlite is 0 CHIP"],
      [`UPDATE postings SET posting = replace(posting, '"12000000"', '"13000000"')`, "in ledger.sqlite is {"],
      ["DELETE FROM postings WHERE key LIKE 'grant:%'", "in ledger.sqlite is not there"],
    ] as const) {
      await rm(path, { force: true });
      {
        await using ledger = await open("tampered.sqlite");
        await ledger.settled();
      }
      const db = new Database(path);
      db.exec(sql);
      db.close();
      await using tampered = await open("tampered.sqlite");
      expect((await tampered.verify()).difference).toContain(difference);
    }
  });

  it("posts nothing any more on top of a posting that the rules do not give, and names it", async () => {
    await using ledger = await open();
    await ledger.settled();
    const stream = await home.backbone.effects("VIBEWRITER_LEDGER", ["ledger.posting", "citation.reward.*"]);
    const entries = [
      { account: "treasury", currency: "CHIP", amount: "-1000" },
      { account: `granted:${bob.publicKey}`, currency: "CHIP", amount: "1000" },
    ];
    const at = new Date(clock).toISOString();
    const forged = { key: "grant:mine", kind: "grant", at, cause: { type: "due" }, entries };
    await stream.publishEffect("grant:mine", { subject: "ledger.posting", payload: forged });
    await expect(ledger.settled()).rejects.toMatchObject({ name: "ChoirError", code: "ledger_differs" });
    await choir.publish({ markdown: "# Later\n\nMore words.", author: "D", key: "later" }, author(4));
    const report = await ledger.verify();
    expect(report.difference).toMatch(/^The posting "grant:mine" is not/);
    expect(ids).toHaveLength(4);
  });
});

test("an effect that the knowledge base accepts late is posted behind what was posted before it, and verifies", async () => {
  await using home = await testHome();
  const time = Date.now();
  const [first, second] = [1, 2].map((seq) => published(seq, { n: seq, author: `a${seq}`, score: 60, time }));
  if (!first || !second) throw new Error("there are two");
  let accepted: Fact[] = [second];
  let tell: (o: { remade: boolean }) => void = () => undefined;
  const choir: LedgerOptions["choir"] = {
    isShared: false,
    facts: async (after) => accepted.filter(({ seq }) => seq > after),
    caughtUp: async () => undefined,
    onChange: (listener) => {
      tell = listener;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  await using ledger = await Ledger.open({ backbone: home.backbone, choir, path: `${home.path}/ledger.sqlite` });
  await ledger.settled();
  accepted = [first, second];
  tell({ remade: true });
  const articles = (await ledger.history({ limit: 10 })).map(
    ({ posting }) => posting.kind === "novelty" && posting.article,
  );
  expect(articles.filter(Boolean)).toEqual([first.article, second.article]);
  expect(await ledger.verify()).toMatchObject({ facts: 2, postings: 7 });
  accepted = [second];
  expect((await ledger.verify()).difference).toMatch(/^Effect 1 was posted and is not one that/);
  accepted = [first, { ...second, at: first.at, author: first.author }];
  expect((await ledger.verify()).difference).toMatch(/^Effect 2 is \{.* and was posted as \{/);
});

test("a home that shares its knowledge base with tenants has none, and says where one earns", async () => {
  await using home = await testHome();
  await using choir = await home.open();
  const shared = {
    isShared: true,
    facts: choir.facts.bind(choir),
    caughtUp: choir.caughtUp.bind(choir),
    onChange: choir.onChange.bind(choir),
  };
  const opening = Ledger.open({ backbone: home.backbone, choir: shared, path: `${home.path}/ledger.sqlite` });
  await expect(opening).rejects.toMatchObject({
    code: "ledger_elsewhere",
    message: expect.stringContaining("publish in a home without tenants"),
  });
});

describe("a bookkeeper that is killed", () => {
  it("between any two postings loses none and doubles none", async () => {
    await using home = await testHome();
    {
      await using choir = await home.open({ embedder: semantic });
      await fill(choir);
    }
    const [begin, later] = [Date.now(), Date.now() + 100 * DAY];
    const path = `${home.path}/ledger.sqlite`;
    const program = fileURLToPath(new URL("../support/bookkeeper.mjs", import.meta.url));
    for (const [now, last] of [
      [begin, 0],
      [begin, 1],
      [begin, 2],
      [begin, 3],
      [later, 1],
      [later, 2],
    ]) {
      const args = [program, home.url, home.path, home.index, path, String(now), String(last)];
      const [, signal] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
      expect(signal).toBe("SIGKILL");
    }
    await using choir = await home.open({ embedder: semantic });
    await using ledger = await Ledger.open({ backbone: home.backbone, choir, path, now: () => later });
    expect((await ledger.verify()).difference).toBe(undefined);
    const kinds = (await ledger.history({ limit: 100 })).map(({ posting }) => posting.kind);
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect({ grants: count("grant"), stakes: count("stake"), refunds: count("refund") }).toEqual({
      grants: 2,
      stakes: 2,
      refunds: 2,
    });
  });
});

describe("twenty writers that publish and cite at once, killed in between", () => {
  it("leave each article, citation and unit there once", async () => {
    await using home = await testHome();
    const path = `${home.path}/ledger.sqlite`;
    const program = fileURLToPath(new URL("../support/writers.mjs", import.meta.url));
    // Each round begins anew, with what is there already; the last one comes to its end.
    for (const after of ["7", "50", "90", undefined]) {
      const args = [program, home.url, home.path, home.index, path, ...(after === undefined ? [] : [after])];
      const [code, signal] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
      expect({ code, signal }).toEqual(
        after === undefined ? { code: 0, signal: null } : { code: null, signal: "SIGKILL" },
      );
    }
    await using choir = await home.open();
    await using ledger = await Ledger.open({ backbone: home.backbone, choir, path });
    const report = await ledger.verify();
    expect(report.difference).toBe(undefined);
    const articles = await choir.list();
    expect(new Set(articles.map(({ title }) => title)).size).toBe(60);
    expect(articles).toHaveLength(60);
    const kinds = (await ledger.history({ limit: 1_000 })).map(({ posting }) => posting.kind);
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    const citations = articles.reduce((sum, { citedBy }) => sum + citedBy, 0);
    expect([count("grant"), count("stake"), count("novelty"), count("cited")]).toEqual([20, 20, 60, citations]);
    expect(report.facts).toBe(60 + citations);
    const chip = (await ledger.accounts()).filter(({ account }) => account !== "issuance");
    expect(chip.reduce((sum, { amount }) => sum + amount, 0n)).toBe(10n ** 26n);
  });
});
