import { Connection } from "../../src/client/connection.js";
import { isMicroVMError } from "../../src/errors.js";
import { frameType } from "../../src/wire/frame.js";
import { decoded, type Peer, reply, scriptedGuest } from "../support/scripted-guest.js";

const stat = { op: "stat" as const, args: { path: "/x" }, maxData: 0, deadlineMs: 2_000 };
const read = { op: "read" as const, args: { path: "/x" }, maxData: 1_000, deadlineMs: 2_000 };
const good = { ok: { type: "file", size: 3, mode: 0o644, mtime_us: 1_700_000_000_000_000 } };

/** What a guest does with a call, and the code the caller must get for it. */
const attacks: [string, string, (peer: Peer, stream: number) => void][] = [
  ["a length past the limit", "protocol_violation", ({ socket }) => socket.write(Buffer.alloc(64, 0xff))],
  ["a type only a host sends", "protocol_violation", (peer, stream) => peer.send({ type: frameType.cancel, stream })],
  [
    "a reply on a stream that was never opened",
    "protocol_violation",
    (peer) => peer.send({ type: frameType.reply, stream: 99, payload: reply(good) }),
  ],
  [
    "a reply that is no CBOR",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.reply, stream, payload: Buffer.from("hello") }),
  ],
  [
    "a reply of another shape",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.reply, stream, payload: reply({ ok: { type: "file", size: -1 } }) }),
  ],
  [
    "a reply with a poisoned prototype",
    "protocol_violation",
    (peer, stream) =>
      peer.send({ type: frameType.reply, stream, payload: Buffer.from("a1626f6ba1695f5f70726f746f5f5fa0", "hex") }),
  ],
  [
    "an error code nobody knows",
    "internal",
    (peer, stream) =>
      peer.send({ type: frameType.reply, stream, payload: reply({ error: { code: "own_goal", message: "x" } }) }),
  ],
  [
    "a trailer of another connection",
    "protocol_violation",
    (peer) => peer.socket.write(Buffer.from("00000000000000010400000000000001", "hex")),
  ],
  [
    "a window past any use",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.window, stream, payload: Buffer.alloc(4, 0xff) }),
  ],
  [
    "goaway",
    "connection_lost",
    (peer) => peer.send({ type: frameType.goaway, payload: reply({ code: "bye", message: "I am off" }) }),
  ],
  ["a second HELLO", "protocol_violation", (peer) => peer.send({ type: frameType.hello, payload: reply({}) })],
  ["the end of the stream", "connection_lost", ({ socket }) => socket.end()],
];

test.each(attacks)("%s ends the call with %s", async (_, code, attack) => {
  await using guest = await scriptedGuest({
    onFrame: (frame, peer) => frame.type === frameType.call && attack(peer, frame.stream),
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  await expect(connection.call(stat)).rejects.toMatchObject({ code });
  await connection.close();
});

test("more data than was asked for ends the connection", async () => {
  await using guest = await scriptedGuest({
    onFrame: (frame, peer) =>
      frame.type === frameType.call &&
      peer.send({ type: frameType.data, stream: frame.stream, payload: Buffer.alloc(1_001) }),
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  await expect(connection.call(read)).rejects.toMatchObject({ code: "protocol_violation" });
});

test("more data than the window allows ends the connection", async () => {
  await using guest = await scriptedGuest({
    onFrame: (frame, peer) => {
      if (frame.type !== frameType.call) return;
      for (let sent = 0; sent < 3; sent++) {
        peer.send({ type: frameType.data, stream: frame.stream, payload: Buffer.alloc(200_000) });
      }
      // The host grants as it consumes; a call it has given up grants nothing more.
      for (let sent = 0; sent < 10; sent++) {
        peer.send({ type: frameType.data, stream: frame.stream, payload: Buffer.alloc(200_000) });
      }
    },
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  const given = connection.call({ ...read, maxData: 10_000_000, deadlineMs: 1 });
  await expect(given).rejects.toMatchObject({ code: expect.stringMatching(/timed_out|protocol_violation/) });
  expect(await connection.closed).toMatchObject({ code: "protocol_violation" });
});

test("a silent guest costs a call its deadline and nothing more", async () => {
  await using guest = await scriptedGuest({
    onFrame: (frame, peer) => {
      if (frame.type !== frameType.call) return;
      const { args } = decoded(frame) as { args: { path: string } };
      if (args.path === "/answered") peer.send({ type: frameType.reply, stream: frame.stream, payload: reply(good) });
    },
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  const silent = connection.call({ ...stat, deadlineMs: 50 });
  await expect(silent).rejects.toMatchObject({ code: "timed_out" });
  const answered = await connection.call({ ...stat, args: { path: "/answered" } });
  expect(answered).toEqual({ type: "file", size: 3, mode: 0o644, mtimeMs: 1_700_000_000_000 });
  await connection.close();
});

test("a guest that says HELLO wrongly, or never, is refused in time", async () => {
  await using wrong = await scriptedGuest({ hello: { generation: 2 } });
  await expect(Connection.open(wrong.path, { deadlineMs: 2_000, fresh: true })).rejects.toSatisfy((error) =>
    isMicroVMError(error, "protocol_violation"),
  );
  await expect(Connection.open("/nonexistent/rpc", { deadlineMs: 50 })).rejects.toSatisfy((error) =>
    isMicroVMError(error, "connection_lost"),
  );
});

test("calls that a lost connection cuts off all fail, and none hangs", async () => {
  let calls = 0;
  await using guest = await scriptedGuest({
    onFrame: (_, peer) => {
      calls += 1;
      if (calls === 50) peer.socket.destroy();
    },
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => connection.call(stat)));
  expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
  await expect(connection.call(stat)).rejects.toMatchObject({ code: "connection_lost" });
});

test("calls past the guest's number of streams wait for one", async () => {
  let open = 0;
  let most = 0;
  await using guest = await scriptedGuest({
    hello: {
      generation: 1,
      agent: "a",
      boot: "b",
      epoch: 0,
      configured: true,
      limits: { streams: 3, frame: 1, window: 1 },
    },
    onFrame: (frame, peer) => {
      if (frame.type !== frameType.call) return;
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        peer.send({ type: frameType.reply, stream: frame.stream, payload: reply(good) });
      }, 2);
    },
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => connection.call(stat)));
  expect(outcomes).toHaveLength(20);
  expect(most).toBe(3);
  await connection.close();
});
