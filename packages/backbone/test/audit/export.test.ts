import { generateKeyPairSync, sign } from "node:crypto";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type Anchor, makeAnchor } from "../../src/audit/anchor.js";
import type { OpenedRecord } from "../../src/audit/audit-trail.js";
import { exportLines, verifyExport } from "../../src/audit/export.js";
import { signSeal } from "../../src/audit/export-seal.js";
import { BEGINNING, type ChainRecord, sha256 } from "../../src/audit/record.js";
import { type StreamReach, verifyChain } from "../../src/audit/verify-chain.js";

function newSigner() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
  };
}
const host = newSigner();
const stranger = newSigner();

/** A chain of an agent without a flaw, as anybody can write one. */
function chainOf(agent: string, count: number, said = "it"): OpenedRecord[] {
  const records: OpenedRecord[] = [];
  let prev = BEGINNING;
  for (let seq = 1; seq <= count; seq++) {
    const at = "2026-11-26T12:00:00.000Z";
    const content = JSON.stringify({ salt: "s", entries: [{ at, said }] });
    const about = { agent, seq, prev, at, host: "here", count: 1 };
    const record: ChainRecord = { v: 1, ...about, digest: sha256(content), key: "k", sealed: "" };
    const text = JSON.stringify(record);
    prev = sha256(text);
    records.push({ agent, position: seq, text, record, content, entries: [] });
  }
  return records;
}

function anchorsOf(records: readonly OpenedRecord[], signer = host, every = 1): Anchor[] {
  return records.flatMap(({ agent, record, text }) =>
    record === undefined || record.seq % every > 0
      ? []
      : [makeAnchor({ agent, seq: record.seq, hash: sha256(text), host: "here" }, signer)],
  );
}

/** As a host writes it that has those records and anchors. */
async function exported(
  records: readonly OpenedRecord[],
  o: { anchors?: Anchor[]; signer?: typeof host; reach?: StreamReach } = {},
): Promise<string[]> {
  const { anchors = anchorsOf(records), signer = host, reach = { isFull: false } } = o;
  const trail = {
    agents: async () => ["main", "other"],
    written: async () => undefined,
    anchor: async () => undefined,
    anchors: async () => anchors,
    publicKey: signer.publicKey,
    reach: async () => reach,
    signExport: (seal: Parameters<typeof signSeal>[0]) => signSeal(seal, signer),
    async *read() {
      yield* records;
    },
  };
  const lines: string[] = [];
  for await (const line of exportLines(trail)) lines.push(line);
  return lines;
}

/** As from a file. */
function verified(lines: readonly string[], publicKey?: string) {
  const input = Readable.from([lines.map((line) => `${line}\n`).join("")]);
  return verifyExport(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), { publicKey });
}

const changed = (lines: readonly string[], from: string, to: string) => lines.map((line) => line.replace(from, to));
const without = (lines: readonly string[], type: string) => lines.filter((line) => !line.includes(`"type":"${type}"`));

test("an export is whole for the key that has signed it, whatever is in it, and also behind its last anchor", async () => {
  const records = [...chainOf("main", 6, "two\u2028lines"), ...chainOf("other", 2)];
  const lines = await exported(records, { anchors: anchorsOf(records, host, 4) });
  for (const key of [host.publicKey, `\n${host.publicKey}`, undefined]) {
    expect(await verified(lines, key)).toMatchObject({ ok: true, isWhole: true, signature: "good" });
  }
  const { chains } = await verified(lines, host.publicKey);
  expect(chains).toMatchObject([{ agent: "main", anchored: 4, last: 6 }, { agent: "other" }]);
  await expect(verified(lines, "a key")).rejects.toMatchObject({ code: "invalid" });
});

test("a chain that the named key has not signed is broken, as well made as it may be", async () => {
  const forged = chainOf("main", 4, "something else");
  // Written anew, with the name of the host on it, and without anchors: by a stranger's key, by none, or in the form of before.
  const lines = await exported(forged, { anchors: [], signer: stranger });
  const named = JSON.stringify(stranger.publicKey).slice(1, -1);
  const asHost = changed(lines, named, JSON.stringify(host.publicKey).slice(1, -1));
  const unsigned = [...asHost.slice(0, -1), '{"type":"end","records":4}'];
  for (const [file, signature] of [
    [lines, "wrong"],
    [asHost, "wrong"],
    [unsigned, "none"],
    [changed(unsigned, '"version":2', '"version":1'), "none"],
  ] as const) {
    expect(await verified(file, host.publicKey)).toMatchObject({
      ...{ ok: false, isWhole: true, signature },
      chains: [{ broken: { kind: "signature", record: 1, text: expect.stringContaining("records 1 to 4") } }],
    });
  }
  // Nothing but its own word: it agrees with itself.
  expect(await verified(lines)).toMatchObject({ ok: true, signature: "good" });
  expect(await verified(asHost)).toMatchObject({ ok: false, signature: "wrong" });
  expect(await verified(unsigned)).toMatchObject({ ok: true, signature: "none" });
});

test("what is cut, taken out or said otherwise in a signed file is told", async () => {
  const lines = await exported([...chainOf("main", 4), ...chainOf("other", 2)]);
  const end = (records: number) => (lines.at(-1) ?? "").replace('"records":6', `"records":${records}`);
  const ofMain = (line: string) => !line.includes('"agent":"other"');
  const seq = (n: number) => (line: string) => !line.includes(`"seq":${n},`) && !line.includes(`\\"seq\\":${n},`);
  for (const file of [
    // The last records with their anchors; one agent; all anchors.
    [...lines.filter(seq(4)).slice(0, -1), end(5)],
    [...lines.filter(ofMain).slice(0, -1), end(4)],
    without(lines, "anchor"),
    // The first records, as if the stream had been full.
    [...changed(lines.filter(seq(1)), '"isFull":false', '"isFull":true').slice(0, -1), end(4)],
    changed(lines, '"exportedAt":"2', '"exportedAt":"1'),
  ]) {
    expect(await verified(file, host.publicKey)).toMatchObject({ ok: false, isWhole: true, signature: "wrong" });
  }
  expect(await verified(lines.slice(0, -1), host.publicKey)).toMatchObject({ ok: false, isWhole: false });
  // Two files in one, and lines behind the last one, are none.
  const twice = [...lines, ...lines];
  const late = [...lines.slice(0, -1), lines[1] ?? "", ...lines.slice(-1)];
  for (const file of [twice, late]) await expect(verified(file)).rejects.toMatchObject({ code: "invalid" });
});

test("a chain that a full stream has let go of is not cut; one that is younger than the stream is", async () => {
  const records = chainOf("main", 3);
  const anchors = anchorsOf(records);
  const before = new Date(Date.now() - 60_000).toISOString();
  const after = new Date(Date.now() + 60_000).toISOString();
  const check = (reach: StreamReach, messages: readonly OpenedRecord[] = []) =>
    verifyChain(messages, { agent: "main", anchors, ...reach });
  const gone = await check({ isFull: true, since: after });
  expect(gone).toMatchObject({ records: 0, first: 4, last: 0 });
  expect(gone.broken).toBeUndefined();
  for (const reach of [{ isFull: true, since: before }, { isFull: false, since: after }, { isFull: true }]) {
    expect(await check(reach)).toMatchObject({ broken: { kind: "cut_end", record: 1 } });
  }
  expect(await check({ isFull: true, since: after }, records.slice(0, 2))).toMatchObject({
    broken: { kind: "cut_end", record: 3 },
  });
  const report = await verified(await exported([], { anchors, reach: { isFull: true, since: after } }), host.publicKey);
  expect(report).toMatchObject({ ok: true, chains: [{ agent: "main", first: 4 }] });
});
