import { Chain } from "../../src/audit/chain.js";
import { findEnd, type Head } from "../../src/audit/chain-end.js";
import type { ChainWriter } from "../../src/audit/chain-writer.js";
import { BEGINNING, type ChainRecord, sha256 } from "../../src/audit/record.js";
import type { Link, MessageQuery } from "../../src/link/link.js";

const chain = { stream: "AUDIT", subject: "audit.main", agent: "main", anchored: async () => undefined };

/** A stream with these messages, all on one subject, from sequence 1 on. */
function streamOf(texts: readonly string[]): Link {
  const messages = texts.map((text, i) => ({ seq: i + 1, subject: chain.subject, string: () => text }));
  const message = async (_: string, query: MessageQuery) =>
    "seq" in query ? messages.find(({ seq }) => seq >= query.seq) : messages.at(-1);
  const patiently = <T>(_: string, attempt: () => Promise<T>) => attempt();
  const closed = new AbortController().signal;
  const link = { message, patiently, closed, readsDirectly: true, jsm: { streams: { getMessage: message } } };
  return link as unknown as Link;
}

function recordOf(seq: number, o: Partial<ChainRecord> = {}): string {
  const [prev, digest] = [BEGINNING, BEGINNING];
  const at = "2026-11-26T12:00:00.000Z";
  const record = { v: 1, agent: "main", seq, prev, at, host: "here", count: 1, digest, key: "", sealed: "" };
  return JSON.stringify({ ...record, ...o });
}

test("numbers go on from the last record, whatever else was written behind it", async () => {
  const records = [1, 2, 3].map((seq) => recordOf(seq));
  const head = { seq: 3, hash: sha256(records[2] ?? "") };
  expect(await findEnd(streamOf(records), chain)).toEqual({ head, hash: head.hash, position: 3 });
  const junk = ["{}", recordOf(9, { agent: "other" }), recordOf(Number.MAX_SAFE_INTEGER)];
  for (const text of junk) {
    const end = { head, hash: sha256(text), position: 4 };
    expect(await findEnd(streamOf([...records, text]), chain), text).toEqual(end);
  }
  // Who has seen more of the chain takes no record that counts from the beginning again.
  const known = { head, hash: head.hash, position: 3 };
  const again = recordOf(1, { host: "there" });
  expect(await findEnd(streamOf([...records, again]), { ...chain, known })).toMatchObject({ head, position: 4 });
  const others = recordOf(4, { host: "there" });
  expect(await findEnd(streamOf([...records, again, others, "{}"]), { ...chain, known })).toMatchObject({
    head: { seq: 4, hash: sha256(others) },
    position: 6,
  });
  expect(await findEnd(streamOf([]), { ...chain, known })).toEqual({ head, hash: head.hash, position: 0 });
  const anchored = async () => head;
  expect(await findEnd(streamOf([]), { ...chain, anchored })).toEqual({ head, hash: head.hash, position: 0 });
  expect(await findEnd(streamOf([]), chain)).toEqual({ head: undefined, hash: BEGINNING, position: 0 });
  expect(await findEnd(streamOf(["{}"]), chain)).toEqual({ head: undefined, hash: sha256("{}"), position: 1 });
});

test("a chain whose numbers fall is anchored at once", async () => {
  const kept: Head[] = [];
  const keep = async (head: Head) => void kept.push(head);
  const onFailure = (error: unknown) => {
    throw error;
  };
  using written = new Chain({ writer: {} as unknown as ChainWriter, keep, onFailure });
  const heads = [500, 501, 3, 4].map((seq) => ({ seq, hash: sha256(`${seq}`) }));
  for (const head of heads) {
    written.stored(head);
    await new Promise(setImmediate);
  }
  expect(kept.map(({ seq }) => seq)).toEqual([500, 3]);
  await written.anchor();
  await written.anchor();
  expect(kept.map(({ seq }) => seq)).toEqual([500, 3, 4]);
});
