import { setTimeout as delay } from "node:timers/promises";
import { ByteQueue } from "../../src/client/byte-queue.js";
import { Connection } from "../../src/client/connection.js";
import { isMicroVMError } from "../../src/errors.js";
import { encodeFrame, frameType } from "../../src/wire/frame.js";
import { decoded, type Peer, reply, scriptedGuest } from "../support/scripted-guest.js";

const stat = { op: "stat" as const, args: { path: "/x" }, maxData: 0, deadlineMs: 2_000 };
const read = { op: "read" as const, args: { path: "/x" }, maxData: 1_000, deadlineMs: 2_000 };
const good = { ok: { type: "file", size: 3, mode: 0o644, mtime_us: 1_700_000_000_000_000 } };

/** A frame of no payload that no encoder of ours makes. */
function rawFrame(tag: number, o: { stream: number; type: number; flags?: number; reserved?: number }): Buffer {
  const frame = Buffer.alloc(16);
  frame.writeUInt32BE(o.stream, 4);
  frame.writeUInt8(o.type, 8);
  frame.writeUInt8(o.flags ?? 0, 9);
  frame.writeUInt16BE(o.reserved ?? 0, 10);
  frame.writeUInt32BE(tag, 12);
  return frame;
}

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
    "a disk that failed",
    "io_error",
    (peer, stream) =>
      peer.send({ type: frameType.reply, stream, payload: reply({ error: { code: "io_error", message: "x" } }) }),
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
  [
    "a reply of no bytes",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.reply, stream, payload: new Uint8Array(0) }),
  ],
  [
    "a type that there is not",
    "protocol_violation",
    (peer, stream) => peer.socket.write(rawFrame(peer.tag, { stream, type: 42 })),
  ],
  [
    "reserved bytes that are used",
    "protocol_violation",
    (peer, stream) => peer.socket.write(rawFrame(peer.tag, { stream, type: frameType.reply, reserved: 1 })),
  ],
  [
    "data on a channel that there is not",
    "protocol_violation",
    (peer, stream) => peer.socket.write(rawFrame(peer.tag, { stream, type: frameType.data, flags: 0b110 })),
  ],
  [
    "a call of its own",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.call, stream, payload: reply({ op: "read", args: {} }) }),
  ],
  [
    "a reply nested deeper than anything",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.reply, stream, payload: Buffer.alloc(200_000, 0x81) }),
  ],
  [
    "a reply with more items than bytes",
    "protocol_violation",
    (peer, stream) => peer.send({ type: frameType.reply, stream, payload: Buffer.from("a1626f6bbaffffffff", "hex") }),
  ],
  [
    "the reply to another call",
    "protocol_violation",
    (peer, stream) =>
      peer.send({ type: frameType.reply, stream, payload: reply({ ok: { entries: [], truncated: false } }) }),
  ],
  [
    "an error with a poisoned prototype",
    "protocol_violation",
    (peer, stream) =>
      peer.send({
        type: frameType.reply,
        stream,
        payload: Buffer.from("a1656572726f72a1695f5f70726f746f5f5fa164636f6465687465787400000000", "hex"),
      }),
  ],
  [
    "half a frame and then nothing more",
    "connection_lost",
    (peer, stream) => {
      const whole = rawFrame(peer.tag, { stream, type: frameType.reply });
      peer.socket.end(whole.subarray(0, whole.length - 1));
    },
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

test.each<[string, (peer: Peer, stream: number) => void]>([
  ["a second reply", (peer, stream) => peer.send({ type: frameType.reply, stream, payload: reply(good) })],
  ["data after the reply", (peer, stream) => peer.send({ type: frameType.data, stream, payload: Buffer.from("x") })],
])("%s on a stream that is over ends the connection, and the call keeps its result", async (_, attack) => {
  await using guest = await scriptedGuest({
    onFrame: (frame, peer) => {
      if (frame.type !== frameType.call) return;
      peer.send({ type: frameType.reply, stream: frame.stream, payload: reply(good) });
      attack(peer, frame.stream);
    },
  });
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  expect(await connection.call(stat)).toMatchObject({ type: "file" });
  expect(await connection.closed).toMatchObject({ code: "protocol_violation" });
});

describe("what a guest says reaches no terminal as a command", () => {
  const nasty = "\u001b[2J\u001b]0;owned\u0007\r\u009b31m\u202ereversed\u2028line";
  const plain = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

  test("in errors, in farewells and in greetings", async () => {
    let calls = 0;
    await using guest = await scriptedGuest({
      hello: {
        generation: 1,
        agent: nasty,
        boot: nasty,
        epoch: 0,
        configured: true,
        limits: { streams: 9, frame: 1, window: 1 },
      },
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        calls += 1;
        const error = { code: "not_found", message: `${nasty}${"x".repeat(60_000)}` };
        if (calls === 1) peer.send({ type: frameType.reply, stream: frame.stream, payload: reply({ error }) });
        else if (calls === 2) peer.send({ type: frameType.goaway, payload: reply({ code: nasty, message: nasty }) });
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    expect(connection.hello.agent).toMatch(plain);
    const refused = await connection.call(stat).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: "not_found", message: expect.stringMatching(plain) });
    expect((refused as Error).message).toContain("\\u{1b}[2J");
    expect((refused as Error).message.length).toBeLessThan(3_000);
    const lost = await connection.call(stat).catch((error: Error) => error);
    expect(lost).toMatchObject({ code: "connection_lost", message: expect.stringMatching(plain) });
  });

  test("in the keys of what does not fit a schema", async () => {
    await using guest = await scriptedGuest({
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        peer.send({
          type: frameType.reply,
          stream: frame.stream,
          payload: reply({ ok: { [nasty]: 1 }, [nasty]: nasty }),
        });
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const failed = await connection.call(stat).catch((error: Error) => error);
    expect(failed).toMatchObject({ code: "protocol_violation", message: expect.stringMatching(plain) });
  });
});

describe("a guest that stalls", () => {
  const silent = () => scriptedGuest({});

  test("costs a call that waits for a stream no more than its own deadline", async () => {
    await using guest = await scriptedGuest({
      hello: {
        generation: 1,
        agent: "a",
        boot: "b",
        epoch: 0,
        configured: true,
        limits: { streams: 0, frame: 1, window: 1 },
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const first = connection.call({ ...stat, deadlineMs: 10_000 });
    const settled = expect(first).rejects.toMatchObject({ code: "connection_lost" });
    await expect(connection.call({ ...stat, deadlineMs: 30 })).rejects.toMatchObject({ code: "timed_out" });
    const stop = new AbortController();
    const waiting = connection.call({ ...stat, deadlineMs: 10_000, signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    await connection.close();
    await settled;
  });

  test("in the middle of a frame", async () => {
    await using guest = await scriptedGuest({
      onFrame: (frame, peer) =>
        frame.type === frameType.call && peer.socket.write(Buffer.from("0003ffff00000001", "hex")),
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    await expect(connection.call({ ...stat, deadlineMs: 30 })).rejects.toMatchObject({ code: "timed_out" });
    await connection.close();
  });

  test("with a body that it does not take, or data that it does not send", async () => {
    await using guest = await silent();
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const write = { op: "write" as const, args: { path: "/x" }, maxData: 0, idleMs: 50 };
    await expect(connection.call({ ...write, body: Buffer.alloc(3_000_000) })).rejects.toMatchObject({
      code: "timed_out",
    });
    await expect(connection.call({ ...read, deadlineMs: undefined, idleMs: 30 })).rejects.toMatchObject({
      code: "timed_out",
    });
    await connection.close();
  });

  test("is not blamed for a source or a reader that takes its time", async () => {
    await using guest = await scriptedGuest({
      onFrame: (frame, peer) => {
        if (frame.type === frameType.data && frame.end)
          peer.send({ type: frameType.reply, stream: frame.stream, payload: reply({ ok: { size: 1 } }) });
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const slow = async function* () {
      await delay(150);
      yield Buffer.from("x");
    };
    const write = { op: "write" as const, args: { path: "/x" }, maxData: 0, idleMs: 50 };
    expect(await connection.call({ ...write, body: slow })).toEqual({ size: 1 });
    await connection.close();
  });

  test("and does not even read: every call ends at its deadline, and closing does not wait", async () => {
    await using guest = await scriptedGuest({ onFrame: (_, peer) => peer.socket.pause() });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const call = { op: "stat" as const, args: { path: "x".repeat(60_000) }, maxData: 0, deadlineMs: 200 };
    const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => connection.call(call)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "timed_out" } });
    await expect(connection.ping(50)).rejects.toMatchObject({ code: "timed_out" });
    const started = Date.now();
    await connection.close();
    expect(Date.now() - started).toBeLessThan(1_500);
  });
});

describe("a guest that floods", () => {
  const pings = (tag: number, count: number) => {
    const [header, payload, trailer] = encodeFrame({ type: frameType.ping, payload: Buffer.alloc(8) }, tag);
    const ping = Buffer.concat([header, payload, trailer]);
    return Buffer.concat(Array.from({ length: count }, () => ping));
  };

  test("with pings, without reading the answers, is read no further", async () => {
    const count = 300_000;
    let peer: Peer | undefined;
    let answered = 0;
    await using guest = await scriptedGuest({
      onFrame: (frame, from) => {
        if (frame.type === frameType.pong) answered += 1;
        if (frame.type !== frameType.call) return;
        peer = from;
        from.socket.pause();
        from.socket.write(pings(from.tag, count));
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    await expect(connection.call({ ...stat, deadlineMs: 300 })).rejects.toMatchObject({ code: "timed_out" });
    // Of seven megabytes the host has taken what the sockets hold.
    expect(peer?.socket.writableLength).toBeGreaterThan(5_000_000);
    peer?.socket.resume();
    await vi.waitFor(() => expect(answered).toBe(count), { timeout: 15_000 });
    await connection.close();
  }, 20_000);

  test("with empty data is heard by nobody and kept nowhere", async () => {
    await using guest = await scriptedGuest({
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        const [header, payload, trailer] = encodeFrame({ type: frameType.data, stream: frame.stream }, peer.tag);
        const empty = Buffer.concat([header, payload, trailer]);
        peer.socket.write(Buffer.concat(Array.from({ length: 100_000 }, () => empty)));
        peer.send({
          type: frameType.reply,
          stream: frame.stream,
          payload: reply({ ok: { size: 0, mode: 0, mtime_us: 0 } }),
        });
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const heard = vi.fn();
    await connection.call({ ...read, deadlineMs: 20_000, onData: heard });
    expect(heard).not.toHaveBeenCalled();
    await connection.close();
  });

  test("with frames of one byte costs little more than the bytes", async () => {
    const count = 400_000;
    await using guest = await scriptedGuest({
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        const one = { type: frameType.data, stream: frame.stream, payload: Uint8Array.of(7) };
        const frames = Buffer.concat(encodeFrame(one, peer.tag));
        peer.socket.write(Buffer.alloc(count * frames.length, frames));
        peer.send({
          type: frameType.reply,
          stream: frame.stream,
          payload: reply({ ok: { size: 0, mode: 0, mtime_us: 0 } }),
        });
      },
    });
    const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const queue = new ByteQueue();
    await connection.call({ ...read, maxData: count, deadlineMs: 20_000, queue });
    const pieces: Uint8Array[] = [];
    queue.end();
    for await (const piece of queue) pieces.push(piece);
    expect(Buffer.concat(pieces)).toHaveLength(count);
    const kept = new Set(pieces.map(({ buffer }) => buffer));
    expect([...kept].reduce((sum, buffer) => sum + buffer.byteLength, 0)).toBeLessThan(1.5 * count);
    await connection.close();
  });

  test("leaves the others their turn", async () => {
    const honest = await scriptedGuest({
      onFrame: (frame, peer) =>
        frame.type === frameType.ping && peer.send({ type: frameType.pong, payload: frame.payload }),
    });
    await using _honest = honest;
    await using guest = await scriptedGuest({
      onFrame: (_, { socket, tag }) => {
        // From here on nothing is decoded on this side, so that what is measured is the host's own time.
        socket.removeAllListeners("data").resume();
        const flood = pings(tag, 20_000);
        const more = () => socket.destroyed || socket.write(flood);
        socket.on("drain", more);
        more();
      },
    });
    const flooder = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
    const neighbour = await Connection.open(honest.path, { deadlineMs: 2_000, fresh: true });
    const flooded = expect(flooder.call({ ...stat, deadlineMs: 60_000 })).rejects.toMatchObject({
      code: "connection_lost",
    });
    const times: number[] = [];
    for (let round = 0; round < 100; round++) times.push(await neighbour.ping(5_000));
    times.sort((a, b) => a - b);
    expect(times[98]).toBeLessThan(200);
    await Promise.all([flooder.close(), neighbour.close()]);
    await flooded;
  }, 30_000);
});
