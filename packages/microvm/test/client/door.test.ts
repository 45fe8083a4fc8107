import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "../../src/client/connection.js";
import type { DoorStream } from "../../src/client/door.js";
import { encodeCbor } from "../../src/wire/cbor.js";
import { frameType } from "../../src/wire/frame.js";
import { decoded, type Peer, reply, type Script, scriptedGuest } from "../support/scripted-guest.js";

const window = 1_048_576;

/** What an agent puts in front of what the program says. */
function greeting(token: string): Buffer {
  const record = encodeCbor({ token });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(record.length, 0);
  return Buffer.concat([length, record]);
}

const say = (peer: Peer, stream: number, payload: Uint8Array, end = false) =>
  peer.send({ type: frameType.data, stream, payload, end });
const over = (peer: Peer, stream: number) =>
  peer.send({ type: frameType.reply, stream, payload: reply({ ok: { sent: 0, received: 0 } }) });

/** A guest that is told what the host does with one accepted connection. */
async function guestWithDoor(script: Script) {
  const guest = await scriptedGuest(script);
  const connection = await Connection.open(guest.path, { deadlineMs: 2_000, fresh: true });
  return {
    connection,
    async [Symbol.asyncDispose]() {
      await connection.close();
      await guest[Symbol.asyncDispose]();
    },
  };
}

const onCall = (answer: (peer: Peer, stream: number) => void): Script => ({
  onFrame: (frame, peer) => frame.type === frameType.call && answer(peer, frame.stream),
});

/** All that the program says, without ending the other direction as a `for await` would. */
function everything(stream: DoorStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks).toString()));
    stream.once("error", reject);
  });
}

test("a program's connection comes with its token, and each side can finish before the other", async () => {
  const asked: unknown[] = [];
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      if (frame.type === frameType.call) {
        asked.push(decoded(frame));
        say(peer, frame.stream, greeting("t-1").subarray(0, 3));
        say(peer, frame.stream, Buffer.concat([greeting("t-1").subarray(3), Buffer.from("ques")]));
        say(peer, frame.stream, Buffer.from("tion"), true);
      }
      if (frame.type !== frameType.data) return;
      asked.push(Buffer.from(frame.payload).toString());
      if (frame.end) over(peer, frame.stream);
    },
  });
  const stream = await door.connection.accept("proxy");
  expect(stream.token).toBe("t-1");
  expect(await everything(stream)).toBe("question");
  stream.end("answer after the other side's end");
  await new Promise((resolve) => stream.once("close", resolve));
  await vi.waitFor(
    () => expect(asked).toEqual([{ op: "accept", args: { door: "proxy" } }, "answer after the other side's end", ""]),
    20_000,
  );
});

test("what the host says first reaches a program that says nothing", async () => {
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      if (frame.type === frameType.call) say(peer, frame.stream, greeting(""));
      if (frame.type !== frameType.data || !frame.end) return;
      say(peer, frame.stream, Buffer.from("late"), true);
      over(peer, frame.stream);
    },
  });
  const stream = await door.connection.accept("bridge");
  stream.end("hello");
  expect(await everything(stream)).toBe("late");
});

test("the waiting ends when its signal says so, and the guest is told", async () => {
  const frames: number[] = [];
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      frames.push(frame.type);
      if (frame.type !== frameType.cancel) return;
      const error = { code: "cancelled", message: "No program came." };
      peer.send({ type: frameType.reply, stream: frame.stream, payload: reply({ error }) });
    },
  });
  const stop = new AbortController();
  const waiting = door.connection.accept("proxy", stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  expect(frames).toEqual([frameType.call, frameType.cancel]);
});

test("destroying the stream resets the program's connection", async () => {
  const frames: number[] = [];
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      frames.push(frame.type);
      if (frame.type === frameType.call) say(peer, frame.stream, greeting("t"));
    },
  });
  (await door.connection.accept("proxy")).destroy();
  await vi.waitFor(() => expect(frames).toEqual([frameType.call, frameType.cancel]), 20_000);
});

test("it ends with its connection", async () => {
  let guest: Peer | undefined;
  await using door = await guestWithDoor(
    onCall((peer, stream) => {
      guest = peer;
      say(peer, stream, greeting("t"));
    }),
  );
  const stream = await door.connection.accept("proxy");
  const failed = new Promise((resolve) => stream.once("error", resolve));
  guest?.socket.destroy();
  expect(await failed).toMatchObject({ code: "connection_lost" });
  expect(stream.destroyed).toBe(true);
  await expect(door.connection.accept("proxy")).rejects.toMatchObject({ code: "connection_lost" });
});

test("a program that floods is held up at the window while nobody reads, and loses nothing", async () => {
  let allowed = window;
  let sent = 0;
  let isSaid = false;
  const total = 5 * window;
  const flood = (peer: Peer, stream: number) => {
    for (; sent < total && allowed >= 65_536; sent += 65_536, allowed -= 65_536)
      say(peer, stream, Buffer.alloc(65_536, "x"));
    if (sent < total || isSaid) return;
    isSaid = true;
    say(peer, stream, new Uint8Array(0), true);
  };
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      if (frame.type === frameType.call) {
        say(peer, frame.stream, greeting("t"));
        allowed -= greeting("t").length;
        flood(peer, frame.stream);
      } else if (frame.type === frameType.window) {
        allowed += Buffer.from(frame.payload).readUInt32BE(0);
        flood(peer, frame.stream);
      }
    },
  });
  const stream = await door.connection.accept("proxy");
  await delay(50);
  expect(sent).toBeLessThan(window);
  expect(await everything(stream)).toHaveLength(total);
});

test("a program that does not read holds the writer up at the window", async () => {
  let received = 0;
  let read: (() => void) | undefined;
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      if (frame.type === frameType.call) say(peer, frame.stream, greeting("t"));
      if (frame.type === frameType.data) received += frame.payload.length;
      const grant = Buffer.alloc(4);
      grant.writeUInt32BE(3 * window, 0);
      read = () => peer.send({ type: frameType.window, stream: frame.stream, payload: grant });
    },
  });
  const stream = await door.connection.accept("proxy");
  const isRoom = stream.write(Buffer.alloc(3 * window));
  await vi.waitFor(() => expect(received).toBe(window), 20_000);
  await delay(20);
  expect([isRoom, received]).toEqual([false, window]);
  const drained = new Promise((resolve) => stream.once("drain", resolve));
  read?.();
  await drained;
  await vi.waitFor(() => expect(received).toBe(3 * window), 20_000);
  stream.destroy();
});

test("Node's HTTP server takes it for a socket", async () => {
  const answers: string[] = [];
  await using door = await guestWithDoor({
    onFrame: (frame, peer) => {
      if (frame.type === frameType.call) {
        say(peer, frame.stream, greeting("t"));
        say(peer, frame.stream, Buffer.from("POST /search HTTP/1.1\r\nHost: bridge\r\nContent-Length: 2\r\n\r\nhi"));
      } else if (frame.type === frameType.data) {
        answers.push(Buffer.from(frame.payload).toString());
      }
    },
  });
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => response.end(`${request.url} ${chunk.toString()}`));
  });
  const stream = await door.connection.accept("bridge");
  server.emit("connection", stream);
  await vi.waitFor(() => expect(answers.join("")).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\/search hi/), 20_000);
  stream.destroy();
});

test.each<[string, (peer: Peer, stream: number) => void]>([
  ["a record longer than any token", (peer, stream) => say(peer, stream, Buffer.alloc(8, 0xff))],
  ["a record that is no map of a token", (peer, stream) => say(peer, stream, Buffer.from("00000002a100", "hex"))],
  ["a record cut short", (peer, stream) => say(peer, stream, greeting("t").subarray(0, 6), true)],
  ["an end in place of a record", (peer, stream) => over(peer, stream)],
])("%s costs the guest its connection", async (_, attack) => {
  await using door = await guestWithDoor(onCall(attack));
  await expect(door.connection.accept("proxy")).rejects.toMatchObject({ code: "protocol_violation" });
  expect(await door.connection.closed).toMatchObject({ code: "protocol_violation" });
});

test("data after its end costs the guest its connection", async () => {
  await using door = await guestWithDoor(
    onCall((peer, stream) => {
      say(peer, stream, greeting("t"), true);
      say(peer, stream, Buffer.from("more"));
    }),
  );
  await expect(door.connection.accept("proxy").then(everything)).rejects.toMatchObject({ code: "protocol_violation" });
});
