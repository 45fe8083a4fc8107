import { ByteQueue } from "../../src/client/byte-queue.js";
import { Connection } from "../../src/client/connection.js";
import { isMicroVMError, MicroVMError } from "../../src/errors.js";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/wire/cbor.js";
import { encodeFrame, FrameDecoder, type FrameType, frameType } from "../../src/wire/frame.js";
import { type Peer, reply, scriptedGuest } from "../support/scripted-guest.js";

// For longer runs: VIBEWRITER_FUZZ_SECONDS for each test, VIBEWRITER_FUZZ_SEED where it begins.
const seconds = Number(process.env.VIBEWRITER_FUZZ_SECONDS ?? 2);
const seed = Number(process.env.VIBEWRITER_FUZZ_SEED ?? 1);
const timeout = seconds * 1_000 + 30_000;
const tag = 0x0badcafe;

/** Rounds of `round` until the time is over, each with a generator of its own, so that the failing one can be run alone. */
async function fuzz(round: (random: Random) => unknown): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  for (let at = seed; at === seed || Date.now() < until; at++) {
    try {
      await round(new Random(at));
    } catch (cause) {
      throw new Error(`failed with VIBEWRITER_FUZZ_SEED=${at}`, { cause });
    }
  }
}

class Random {
  #state: number;

  constructor(start: number) {
    this.#state = Math.imul(start, 2_654_435_761) >>> 0 || 1;
  }

  /** A whole number below `bound`: xorshift. */
  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** The bytes with a few of them changed, left out or doubled. */
  mutated(bytes: Buffer): Buffer {
    let mutated = Buffer.from(bytes);
    for (let times = this.below(4); times > 0 && mutated.length > 0; times--) {
      const at = this.below(mutated.length);
      const kind = this.below(4);
      if (kind < 2) mutated[at] = this.below(256);
      else if (kind === 2) mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + 1)]);
      else mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(Math.max(0, at - this.below(20)))]);
    }
    return mutated;
  }

  /** Pieces of the bytes, in order. */
  *pieces(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + this.below(this.of([2, 20, 2_000, 100_000]));
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }

  value(depth = 0): CborValue {
    const kind = this.below(depth > 4 ? 5 : 8);
    if (kind === 0) return this.of([null, true, false]);
    if (kind === 1)
      return this.of([0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]);
    if (kind === 2) return -1 - this.below(2 ** 31);
    if (kind === 3) return new Uint8Array(this.bytes(this.below(40)));
    if (kind === 4) return this.of(["", "a", "ü世界👋", "__proto__", "constructor", "x".repeat(300)]);
    const items = Array.from({ length: this.below(5) }, () => this.value(depth + 1));
    if (kind === 5) return items;
    return Object.fromEntries(items.map((item, index) => [this.of(["ok", "error", "code", `k${index}`]), item]));
  }

  frame(streams: number): Buffer {
    const type = this.of(Object.values(frameType)) as FrameType;
    const payload = this.of([
      () => Buffer.from(encodeCbor(this.value())),
      () => Buffer.from(encodeCbor({ ok: this.value() })),
      () => Buffer.from(encodeCbor({ error: { code: this.of(["not_found", "x"]), message: "m" } })),
      () => this.bytes(this.of([0, 4, 8, 100])),
      () => Buffer.alloc(this.below(5_000), this.below(256)),
    ])();
    const fields = { type, stream: this.below(streams + 2), end: this.below(3) === 0, channel: this.below(4), payload };
    return Buffer.concat(encodeFrame(fields, tag));
  }
}

/** What a parser makes of bytes: its values, or that they break the protocol. */
function outcome<T>(parse: () => T): T | "violation" {
  try {
    return parse();
  } catch (error) {
    if (isMicroVMError(error, "protocol_violation")) return "violation";
    throw error;
  }
}

test(
  "CBOR: what is encoded is decoded, and what is decoded was encoded in the one way there is",
  async () => {
    await fuzz((random) => {
      const bytes = encodeCbor(random.value());
      expect(Buffer.from(encodeCbor(decodeCbor(bytes))).equals(Buffer.from(bytes))).toBe(true);
      const noise = random.below(2) === 0 ? random.mutated(Buffer.from(bytes)) : random.bytes(1 + random.below(60));
      const value = outcome(() => decodeCbor(noise));
      if (value === "violation") return;
      // The same bytes, though not in the same order: an object of JavaScript puts keys that are numbers first.
      expect(Buffer.from(encodeCbor(value)).sort().equals(Buffer.from(noise).sort())).toBe(true);
    });
  },
  timeout,
);

test(
  "frames: however the bytes are cut, the frames and the verdict are the same",
  async () => {
    await fuzz((random) => {
      const valid = Buffer.concat(Array.from({ length: 1 + random.below(8) }, () => random.frame(5)));
      const bytes = random.below(2) === 0 ? valid : random.mutated(valid);
      const whole = outcome(() => [...new FrameDecoder(tag).push(bytes)].map(flat));
      const decoder = new FrameDecoder(tag);
      const seen: string[] = [];
      const cut = outcome(() => {
        for (const piece of random.pieces(bytes)) for (const frame of decoder.push(piece)) seen.push(flat(frame));
        return seen;
      });
      expect(cut).toEqual(whole);
    });
  },
  timeout,
);

test(
  "connection: whatever a guest sends, each call ends, with a result or a typed error",
  async () => {
    await fuzz(async (random) => {
      const attack = Buffer.concat(Array.from({ length: 1 + random.below(12) }, () => random.frame(6)));
      const bytes = random.below(3) === 0 ? random.mutated(attack) : attack;
      await using guest = await scriptedGuest({ onFrame: sendOnce(random, bytes) });
      const connection = await Connection.open(guest.path, { deadlineMs: 5_000, fresh: true });
      const queue = new ByteQueue();
      const common = { deadlineMs: 60, maxData: 10_000 };
      const door = connection
        .accept("proxy", AbortSignal.timeout(60))
        .then((stream) => stream.on("error", isTyped).destroy());
      const calls = [
        door,
        connection.call({ ...common, op: "stat", args: { path: "/" } }),
        connection.call({ ...common, op: "read", args: { path: "/" }, queue }),
        connection.call({ ...common, op: "exec", args: { argv: ["x"] }, onData: () => undefined }),
        connection.call({ ...common, op: "write", args: { path: "/" }, body: Buffer.alloc(100_000) }),
        connection.ping(60),
      ];
      const late = setTimeout(() => connection.close(), 300);
      for (const settled of await Promise.allSettled(calls)) {
        if (settled.status === "rejected" && !isTyped(settled.reason)) throw settled.reason;
      }
      clearTimeout(late);
      await connection.close();
      expect(isTyped(await connection.closed)).toBe(true);
    });
  },
  timeout,
);

const isTyped = (error: unknown): error is MicroVMError => error instanceof MicroVMError;
const flat = (frame: { type: number; stream: number; end: boolean; channel: number; payload: Uint8Array }) =>
  `${frame.type} ${frame.stream} ${frame.end} ${frame.channel} ${Buffer.from(frame.payload).toString("hex")}`;

/** Sends the attack when the first call has come, with the tag that this connection has. */
function sendOnce(random: Random, attack: Buffer) {
  let isSent = false;
  return (frame: { type: number; stream: number }, peer: Peer) => {
    if (isSent || frame.type !== frameType.call) return;
    isSent = true;
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE(tag, 0);
    const own = Buffer.alloc(4);
    own.writeUInt32BE(peer.tag, 0);
    const bytes = Buffer.from(attack);
    for (let at = bytes.indexOf(trailer); at >= 0; at = bytes.indexOf(trailer, at + 4)) own.copy(bytes, at);
    for (const piece of random.pieces(bytes)) peer.socket.write(piece);
    if (random.below(4) === 0) peer.send({ type: frameType.reply, stream: frame.stream, payload: reply({ ok: {} }) });
    if (random.below(4) === 0) peer.socket.end();
  };
}
