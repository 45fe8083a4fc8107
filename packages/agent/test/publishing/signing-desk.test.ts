import { isSignedBy } from "@vibewriter/choir";
import { RemoteSigner } from "../../src/publishing/signatures.js";
import { SigningDesk } from "../../src/publishing/signing-desk.js";
import { EXAMPLES, World } from "../support/world.js";

const waiting = { check: async () => undefined, onWait: async () => undefined };
let world: World;
let desk: SigningDesk;
beforeAll(async () => {
  world = await World.open();
  const { parts } = world.bench;
  desk = new SigningDesk({ ...parts, records: parts.signatures, host: parts.worker.host });
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** A run that was asked for here; what a worker elsewhere has signed for it. */
async function asked(o: { yes: boolean; underWay: boolean }) {
  const { client, driver, parts } = world.bench;
  const request = { request: "Bees", sources: [EXAMPLES], out: world.out, model: "offline", author: "Ada", yes: o.yes };
  const { runId, authorKey = "" } = await client.start(request, {});
  if (o.underWay) await driver.claim(runId);
  const signer = new RemoteSigner(parts.signatures, {
    publicKey: authorKey,
    runId,
    host: parts.worker.host,
    ...waiting,
  });
  const sign = (statement: string, fields: object) =>
    signer.sign(Buffer.from(JSON.stringify({ statement: `vibewriter/${statement}/1`, authorKey, ...fields })));
  return { runId, authorKey, sign };
}

describe("the host where a run was asked for", () => {
  it("signs the article that a person has allowed it to publish, and what that cites", async () => {
    const { runId, authorKey, sign } = await asked({ yes: true, underWay: true });
    const statement = { statement: "vibewriter/article/1", authorKey, run: runId, title: "Bees" };
    const signature = await sign("article", { run: runId, title: "Bees" });
    const text = Buffer.from(signature).toString("base64url");
    expect(isSignedBy(authorKey, Buffer.from(JSON.stringify(statement)), text)).toBe(true);
    await expect(sign("citation", { citing: "a" })).rejects.toMatchObject({ code: "cannot_sign" });
    const article = { id: "a", title: "Bees", noveltyScore: 1, draftSha256: "", filepath: "" };
    await world.bench.parts.publications.put(runId, { article, citations: [] });
    expect(await sign("citation", { citing: "a" })).toHaveLength(64);
    await expect(sign("citation", { citing: "b" })).rejects.toMatchObject({ code: "cannot_sign" });
    // What was signed is taken away, what was refused stays to be looked at.
    const left = (await world.bench.parts.signatures.list()).filter(({ value }) => value.runId === runId);
    expect(left.map(({ value }) => value.state)).toEqual(["refused"]);
  });

  it("signs nothing else: another run's article, a retraction, another author's, rubbish", async () => {
    const { runId, sign } = await asked({ yes: true, underWay: true });
    const refused = /does not sign for run .*: It is /;
    await expect(sign("article", { run: "another" })).rejects.toThrow(refused);
    await expect(sign("retraction", { article: "a", reason: "r" })).rejects.toThrow(refused);
    await expect(sign("article", { run: runId, authorKey: "A".repeat(43) })).rejects.toThrow(refused);
    const { parts } = world.bench;
    const stranger = (await parts.authors.named("Bob")).publicKey;
    const other = new RemoteSigner(parts.signatures, {
      publicKey: stranger,
      runId,
      host: parts.worker.host,
      ...waiting,
    });
    await expect(other.sign(Buffer.from("rubbish"))).rejects.toThrow(/not asked for here by this author/);
  });

  it("signs nothing that nobody has allowed, and nothing for a run that is not under way", async () => {
    const unasked = await asked({ yes: false, underWay: true });
    await expect(unasked.sign("article", { run: unasked.runId })).rejects.toThrow(/a person has allowed/);
    const queued = await asked({ yes: true, underWay: false });
    await expect(queued.sign("article", { run: queued.runId })).rejects.toThrow(/not under way/);
    // Refused once is not refused for ever.
    await world.bench.driver.claim(queued.runId);
    expect(await queued.sign("article", { run: queued.runId })).toHaveLength(64);
  });
});
