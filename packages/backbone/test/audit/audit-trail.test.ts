import { generateKeyPairSync, sign } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import type { Anchor } from "../../src/audit/anchor.js";
import type { AuditTrail, AuditTrailOptions } from "../../src/audit/audit-trail.js";
import { type ChainMessage, verifyChain } from "../../src/audit/verify-chain.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { until } from "../support/home.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const signer = {
  publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
};

function open(o: Partial<AuditTrailOptions> = {}): Promise<AuditTrail> {
  return bb.backbone.audit({ folder: join(bb.home, "audit"), host: "here", signer, ...o });
}

async function entriesOf(trail: AuditTrail, agent: string): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  for await (const record of trail.read({ agent })) entries.push(...record.entries);
  return entries;
}

async function messagesOf(trail: AuditTrail, agent: string): Promise<ChainMessage[]> {
  const messages: ChainMessage[] = [];
  for await (const { position, text, content } of trail.read({ agent })) messages.push({ position, text, content });
  return messages;
}

/** A chain of `count` records of one entry each, anchored at its end. */
async function chainOf(trail: AuditTrail, agent: string, count: number): Promise<ChainMessage[]> {
  for (let n = 0; n < count; n++) {
    trail.record(agent, { kind: "tool", n });
    await trail.written(agent);
  }
  await trail.anchor(agent);
  return await messagesOf(trail, agent);
}

test("entries are stored by agent, in order, over a kill of the server, many in a record, and recording takes no time", async () => {
  const losses: number[] = [];
  await using trail = await open({ onLoss: (lost) => losses.push(lost) });
  for (let n = 0; n < 50; n++) trail.record("main", { n });
  bb.kill();
  const started = performance.now();
  for (let n = 50; n < 100; n++) trail.record(n % 2 === 0 ? "main" : "lab.one", { n });
  expect(performance.now() - started).toBeLessThan(100);
  await Promise.all([trail.written("main"), trail.written("lab.one")]);
  const even = Array.from({ length: 100 }, (_, n) => n).filter((n) => n < 50 || n % 2 === 0);
  expect((await entriesOf(trail, "main")).map(({ n }) => n)).toEqual(even);
  expect(await entriesOf(trail, "lab.one")).toHaveLength(25);
  expect(losses).toEqual([]);
  await expect(trail.verify(["nobody"])).rejects.toMatchObject({ code: "not_found" });
  const [report] = await trail.verify(["main"]);
  expect(report).toMatchObject({ agent: "main", entries: 75, lost: 0, first: 1 });
  expect(report?.records).toBeLessThan(10);
  expect(report?.broken).toBeUndefined();
}, 40_000);

test("several writers make one chain, and what was there before is said to be so", async () => {
  await bb.backbone.connection.request("vibewriter.audit.shared", JSON.stringify({ event: "egress" }));
  await using here = await open();
  await using there = await open({ host: "there", folder: join(bb.home, "audit-there") });
  for (let n = 0; n < 20; n++) {
    here.record("shared", { kind: "tool", n });
    there.record("shared", { kind: "tool", n });
    if (n % 5 === 0) await here.written("shared");
  }
  await Promise.all([here.written("shared"), there.written("shared")]);
  const [report] = await here.verify(["shared"]);
  expect(report).toMatchObject({ before: 1, entries: 40 });
  expect(report?.broken).toBeUndefined();
  // Each host reads what it has written.
  expect(await entriesOf(here, "shared")).toHaveLength(20);
});

test("what is wrong with a chain is named, with the record that it begins with", async () => {
  await using trail = await open();
  const chain = await chainOf(trail, "victim", 8);
  const anchors = await trail.anchors();
  const check = async (messages: readonly ChainMessage[], o: { anchors?: readonly Anchor[] } = {}) =>
    (await verifyChain(messages, { agent: "victim", anchors, isFull: false, ...o })).broken;
  expect(await check(chain)).toBeUndefined();
  const without = (...gone: number[]) => chain.filter((_, i) => !gone.includes(i));
  const changed = (i: number, from: RegExp, to: string) =>
    chain.map((message, at) => (at === i ? { ...message, text: message.text.replace(from, to) } : message));
  expect(await check(without(3, 4))).toMatchObject({ kind: "missing", record: 4 });
  expect(await check(without(0))).toMatchObject({ kind: "cut_beginning", record: 1 });
  expect(await check(without(7))).toMatchObject({ kind: "cut_end", record: 8 });
  expect(await check([])).toMatchObject({ kind: "cut_end", record: 1 });
  expect(await check(changed(2, /"at":"..../, '"at":"1999'))).toMatchObject({ kind: "altered", record: 3 });
  expect(await check(changed(7, /"at":"..../, '"at":"1999'))).toMatchObject({ kind: "altered", record: 8 });
  expect(await check(changed(2, /^./, "!"))).toMatchObject({ kind: "foreign", record: 3 });
  expect(await check(changed(4, /"agent":"victim"/, '"agent":"other"'))).toMatchObject({ kind: "foreign", record: 5 });
  const [a, b, c, d, ...rest] = chain;
  expect(await check([a, b, d, c, ...rest].filter((one) => one !== undefined))).toMatchObject({
    kind: "missing",
    record: 3,
  });
  expect(await check([...chain.slice(0, 5), ...chain.slice(3)])).toMatchObject({ kind: "reordered", record: 4 });
  const opened = chain.map((m, i) => (i === 1 ? { ...m, content: m.content?.replace('"n":1', '"n":7') } : m));
  expect(await check(opened)).toMatchObject({ kind: "altered", record: 2 });
  const forged = anchors.map((anchor) => (anchor.agent === "victim" ? { ...anchor, seq: 5 } : anchor));
  expect(await check(chain, { anchors: forged })).toMatchObject({ kind: "signature", record: 5 });
});

test("a stream that was cut in the middle, or at its end, does not pass; writing goes on, and verify keeps saying it", async () => {
  await using trail = await open();
  const chain = await chainOf(trail, "cut", 10);
  const manager = await jetstreamManager(bb.backbone.connection);
  const { config } = await manager.streams.info("VIBEWRITER_AUDIT");
  await manager.streams.delete("VIBEWRITER_AUDIT");
  await manager.streams.add(config);
  for (const [i, { text }] of chain.entries()) {
    if (i !== 4) await bb.backbone.connection.request("vibewriter.audit.cut", text);
  }
  const [cut] = await trail.verify(["cut"]);
  expect(cut?.broken).toMatchObject({ kind: "missing", record: 5, text: "Record 5 is missing between 4 and 6." });
  trail.record("cut", { kind: "tool", n: 10 });
  await trail.written("cut");
  expect((await trail.verify(["cut"]))[0]).toMatchObject({ last: 11, broken: { kind: "missing", record: 5 } });
  // Of the other agents nothing is left; their anchors know of them.
  expect(await trail.verify()).toContainEqual(
    expect.objectContaining({
      agent: "victim",
      records: 0,
      broken: expect.objectContaining({ kind: "cut_end", record: 1 }),
    }),
  );
  // Somebody who can write the whole stream anew, without a flaw: the anchors are elsewhere.
  await using forger = await open({ folder: join(bb.home, "audit-forger"), host: "forger" });
  for (let n = 0; n < 8; n++) {
    forger.record("victim", { kind: "tool", n });
    await forger.written("victim");
  }
  const [anew] = await trail.verify(["victim"]);
  expect(anew).toMatchObject({ records: 8, broken: { kind: "altered", record: 8 } });
  // A line that a crash has cut off is none.
  await appendFile(join(bb.home, "audit", "anchors.jsonl"), '{"v":1,"agent":"cu');
  await trail.anchor("cut");
  expect((await trail.anchors()).filter(({ agent, seq }) => agent === "cut" && seq === 11)).toHaveLength(2);
});

test("a message that is no record is told, and neither numbers nor anchors begin anew behind it", async () => {
  await using trail = await open();
  await chainOf(trail, "junk", 3);
  await bb.backbone.connection.request("vibewriter.audit.junk", "{}");
  trail.record("junk", { kind: "tool", n: 3 });
  await trail.written("junk");
  await trail.anchor("junk");
  expect((await trail.verify(["junk"]))[0]).toMatchObject({ last: 4, broken: { kind: "foreign", record: 4 } });
  await bb.backbone.connection.request("vibewriter.audit.junk", "{}");
  await using later = await open();
  later.record("junk", { kind: "tool", n: 4 });
  await later.written("junk");
  await later.anchor("junk");
  expect((await trail.anchors()).filter(({ agent }) => agent === "junk").map(({ seq }) => seq)).toContain(5);
});

test("without its key nobody reads the contents, and the chain can be verified all the same", async () => {
  await using trail = await open();
  trail.record("erased", { kind: "tool", args: "a very private matter" });
  await trail.written("erased");
  const [message] = await messagesOf(trail, "erased");
  expect(message?.text).not.toContain("private");
  expect(await entriesOf(trail, "erased")).toMatchObject([{ args: "a very private matter" }]);
  const path = join(bb.home, "audit", "keys", "erased.json");
  const key = JSON.parse(await readFile(path, "utf8")).key;
  expect(bb.backbone.secrets.screen(`The key is ${key}.`)).toBe("The key is secret://audit-data-key.");
  expect(await trail.forget("erased")).toBe(true);
  await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
  trail.record("erased", { kind: "tool", args: "afterwards" });
  await trail.written("erased");
  expect(await entriesOf(trail, "erased")).toMatchObject([{ args: "afterwards" }]);
  const [report] = await trail.verify(["erased"]);
  expect(report).toMatchObject({ records: 2, closed: 1 });
  expect(report?.broken).toBeUndefined();
});

test("what NATS does not take is lost, counted and said: in the next record, to whoever waits, and to whoever asks", async () => {
  const losses: number[] = [];
  const manager = await jetstreamManager(bb.backbone.connection);
  await using trail = await open({ onLoss: (lost) => losses.push(lost) });
  // A record that the server refuses for good, instead of one that it is too late for: that takes 20 s to find out.
  await manager.streams.update("VIBEWRITER_AUDIT", { max_msg_size: 900 });
  trail.record("lossy", { text: "x".repeat(900) });
  await expect(trail.written("lossy")).rejects.toMatchObject({ code: "unavailable" });
  trail.record("lossy", { text: "y".repeat(900) });
  await expect(trail.written("lossy")).rejects.toThrow(/the agent lossy cannot be written/);
  trail.record("lossy", { n: 1 });
  await trail.written("lossy");
  expect(await entriesOf(trail, "lossy")).toMatchObject([{ n: 1 }]);
  expect((await trail.verify(["lossy"]))[0]).toMatchObject({ records: 1, lost: 2 });
  expect(losses).toEqual([2]);
  await manager.streams.update("VIBEWRITER_AUDIT", { max_msg_size: -1 });
  // More at once than may wait, and one that is too large for a message.
  trail.record("lossy", { text: "z".repeat(2_000_000) });
  for (let n = 0; n < 6_000; n++) trail.record("lossy", { n });
  // Whoever waits for an entry that was not taken does not go on, though all the others are stored; once the chain says so, others do.
  await expect(trail.written("lossy")).rejects.toMatchObject({ code: "unavailable" });
  await until(async () => (await trail.verify(["lossy"]))[0]?.entries === 5_001);
  await trail[Symbol.asyncDispose]();
  trail.record("lossy", { n: "after the end" });
  expect(losses.reduce((sum, lost) => sum + lost, 0)).toBe(2 + 1_001 + 1);
}, 60_000);
