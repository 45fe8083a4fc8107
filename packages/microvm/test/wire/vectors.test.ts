import { readFileSync } from "node:fs";
import { z } from "zod";
import { isMicroVMError } from "../../src/errors.js";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/wire/cbor.js";
import { encodeFrame, FrameDecoder, frameType } from "../../src/wire/frame.js";
import { makePreamble, PreambleFinder } from "../../src/wire/preamble.js";

const typeName = z.enum(["HELLO", "CALL", "DATA", "REPLY", "WINDOW", "CANCEL", "GOAWAY", "PING", "PONG", "FORGET"]);
const vectors = z
  .object({
    frames: z.array(
      z.object({
        name: z.string(),
        tag: z.number(),
        hex: z.string(),
        frame: z.object({ stream: z.number(), type: typeName, flags: z.number(), payloadHex: z.string() }),
      }),
    ),
    malformed: z.array(z.object({ name: z.string(), tag: z.number(), hex: z.string(), error: z.string() })),
    preambles: z.array(
      z.object({ name: z.string(), hex: z.string(), nonceHex: z.string().nullish(), restHex: z.string().nullish() }),
    ),
    messages: z.array(z.object({ name: z.string(), hex: z.string(), value: z.unknown() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/vectors.json", import.meta.url), "utf8")));

const bytes = (hex: string) => Buffer.from(hex, "hex");
const typeNumber = (name: z.infer<typeof typeName>) =>
  frameType[z.enum(Object.keys(frameType) as [keyof typeof frameType]).parse(name.toLowerCase())];

describe("frames", () => {
  test.each(vectors.frames)("$name: encoded and decoded", ({ hex, tag, frame }) => {
    const fields = {
      type: typeNumber(frame.type),
      stream: frame.stream,
      end: (frame.flags & 1) !== 0,
      channel: frame.flags >> 1,
      payload: bytes(frame.payloadHex),
    };
    expect(Buffer.concat(encodeFrame(fields, tag)).toString("hex")).toBe(hex);
    const [decoded, ...more] = new FrameDecoder(tag).push(bytes(hex));
    expect(more).toEqual([]);
    expect({ ...decoded, payload: Buffer.from(decoded?.payload ?? []) }).toEqual(fields);
  });

  test("a stream cut at every byte gives the same frames", () => {
    const tag = vectors.frames[0]?.tag ?? 1;
    const stream = Buffer.concat(vectors.frames.map(({ hex }) => bytes(hex)));
    for (let cut = 1; cut < stream.length; cut++) {
      const decoder = new FrameDecoder(tag);
      const frames = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      expect(frames).toHaveLength(vectors.frames.length);
    }
  });

  test.each(vectors.malformed)("$name: refused", ({ hex, tag }) => {
    const decode = () => {
      for (const frame of new FrameDecoder(tag).push(bytes(hex))) decodeCbor(frame.payload);
    };
    expect(decode).toThrow(expect.objectContaining({ code: "protocol_violation" }));
  });
});

test.each(vectors.messages)("message $name: encoded and decoded", ({ hex, value }) => {
  const expected = revive(value);
  expect(Buffer.from(encodeCbor(expected)).toString("hex")).toBe(hex);
  expect(plain(decodeCbor(bytes(hex)))).toEqual(expected);
});

test.each(vectors.preambles)("preamble $name", ({ hex, nonceHex, restHex }) => {
  const nonce = nonceHex ?? "00000000000000ff";
  const whole = new PreambleFinder(Buffer.concat([bytes("0056575250430d0a"), bytes(nonce)]));
  const rest = whole.push(bytes(hex));
  expect(rest && Buffer.from(rest).toString("hex")).toBe(nonceHex == null ? undefined : (restHex ?? ""));
  const split = new PreambleFinder(Buffer.concat([bytes("0056575250430d0a"), bytes(nonce)]));
  const found = [...bytes(hex)].findIndex((byte) => split.push(Uint8Array.of(byte)) !== undefined);
  expect(found >= 0).toBe(nonceHex != null);
});

test("a preamble has a tag that is not 0, and its pad is one maximal frame", () => {
  const { bytes: padded, answer, tag } = makePreamble(true);
  expect(padded.length).toBe(262_160 + 16);
  expect(padded.subarray(-16)).toEqual(answer);
  expect(tag).toBe(answer.readUInt32BE(12));
  expect(makePreamble(false).bytes).toHaveLength(16);
});

test("random bytes end in frames or a typed error, and never hold more than one frame", () => {
  const random = generator(7);
  for (let round = 0; round < 400; round++) {
    const sample = bytes(vectors.frames[round % vectors.frames.length]?.hex ?? "");
    // Half the rounds are pure noise, the others valid frames with a few bits turned.
    const noise =
      round % 2 === 0 ? Buffer.from(Array.from({ length: 64 + (random() % 512) }, () => random() & 0xff)) : sample;
    if (round % 2 === 1) noise[random() % noise.length] = random() & 0xff;
    try {
      for (const frame of new FrameDecoder(0x0badcafe).push(noise)) decodeCbor(frame.payload);
    } catch (error) {
      if (!isMicroVMError(error, "protocol_violation")) throw error;
    }
  }
});

test("random CBOR ends in a value or a typed error", () => {
  const random = generator(11);
  for (let round = 0; round < 20_000; round++) {
    const noise = Buffer.from(Array.from({ length: 1 + (random() % 40) }, () => random() & 0xff));
    try {
      decodeCbor(noise);
    } catch (error) {
      if (!isMicroVMError(error, "protocol_violation")) throw error;
    }
  }
});

test("a key called __proto__ changes nothing but its own map", () => {
  const decoded = decodeCbor(bytes(`a1${"69"}${Buffer.from("__proto__").toString("hex")}a1616101`));
  expect(Object.keys(decoded ?? {})).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

function revive(value: unknown): CborValue {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value as CborValue;
  if ("$bytes" in value) return new Uint8Array(bytes(String(value.$bytes)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

/** Decoded maps have no prototype; comparison wants ordinary objects. */
function plain(value: CborValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** A small deterministic generator, so that a failure can be run again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 8;
  };
}
