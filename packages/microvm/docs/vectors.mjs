#!/usr/bin/env node
// Writes vectors.json, which both codecs are tested against. It has an encoder of its own, so that an error in a codec cannot
// hide in the vectors; the malformed ones are spelled out byte by byte.
//   node packages/microvm/docs/vectors.mjs
import { writeFileSync } from "node:fs";

const TAG = 0x0badcafe;
const types = { HELLO: 1, CALL: 2, DATA: 3, REPLY: 4, WINDOW: 5, CANCEL: 6, GOAWAY: 7, PING: 8, PONG: 9, FORGET: 10 };
const END = 1;
const u32 = (n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const utf8 = (text) => [...Buffer.from(text)];

function head(major, n) {
  const top = major << 5;
  if (n < 24) return [top | n];
  if (n < 256) return [top | 24, n];
  if (n < 65_536) return [top | 25, n >> 8, n & 255];
  if (n < 2 ** 32) return [top | 26, ...u32(n)];
  return [top | 27, ...u32(Math.floor(n / 2 ** 32)), ...u32(n % 2 ** 32)];
}

/** JSON with one addition: {"$bytes": hex} is a byte string. */
function cbor(value) {
  if (value === null) return [0xf6];
  if (value === false) return [0xf4];
  if (value === true) return [0xf5];
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return [...head(3, utf8(value).length), ...utf8(value)];
  if (Array.isArray(value)) return [...head(4, value.length), ...value.flatMap(cbor)];
  if ("$bytes" in value) return [...head(2, value.$bytes.length / 2), ...Buffer.from(value.$bytes, "hex")];
  const entries = Object.entries(value);
  return [...head(5, entries.length), ...entries.flatMap(([key, item]) => [...cbor(key), ...cbor(item)])];
}

const bytesOf = (type, stream, flags, payload, { length = payload.length, reserved = [0, 0], tag = TAG } = {}) => [
  ...u32(length),
  ...u32(stream),
  type,
  flags,
  ...reserved,
  ...payload,
  ...u32(tag),
];

function frame(name, type, stream, payload = [], { flags = 0, channel = 0 } = {}) {
  return {
    name,
    tag: TAG,
    hex: hex(bytesOf(types[type], stream, flags | (channel << 1), payload)),
    frame: {
      stream,
      type,
      flags: flags | (channel << 1),
      ...(type === "DATA" ? { channel } : {}),
      payloadHex: hex(payload),
    },
  };
}

const bad = (name, error, type, stream, flags, payload, options) => ({
  name,
  tag: TAG,
  hex: hex(bytesOf(type, stream, flags, payload, options)),
  error,
});
const badCbor = (name, text) => bad(`cbor: ${name}`, "bad_cbor", types.HELLO, 0, 0, [...Buffer.from(text, "hex")]);
const message = (name, value) => ({ name, hex: hex(cbor(value)), value });

const hello = { generations: [1], client: "vibewriter" };
const call = { op: "exec", id: "run-1.call_2", args: { argv: ["/bin/sh", "-c", "true"], timeout_ms: 5000 } };
const deep = (n) => "81".repeat(n);

const vectors = {
  comment: "Made by vectors.mjs. In values, {$bytes: hex} is a byte string.",
  frames: [
    frame("hello", "HELLO", 0, cbor(hello)),
    frame("call with a body to come", "CALL", 1, cbor(call)),
    frame("call without a body", "CALL", 2, cbor(call), { flags: END }),
    frame("data, body", "DATA", 1, utf8("abc")),
    frame("data, body, end", "DATA", 1, utf8("abc"), { flags: END }),
    frame("data, body, empty end", "DATA", 1, [], { flags: END }),
    frame("data, stdout", "DATA", 7, [0, 255, 10], { channel: 1 }),
    frame("data, stderr, end", "DATA", 0xffffffff, utf8("é"), { channel: 2, flags: END }),
    frame("reply", "REPLY", 1, cbor({ ok: {} })),
    frame("error reply", "REPLY", 1, cbor({ error: { code: "not_found", message: "There is no /x." } })),
    frame(
      "error reply of a failed disk",
      "REPLY",
      1,
      cbor({ error: { code: "io_error", message: "The disk failed under /workspace/a." } }),
    ),
    frame("window", "WINDOW", 3, u32(1_048_576)),
    frame("cancel", "CANCEL", 3),
    frame("goaway", "GOAWAY", 0, cbor({ code: "protocol", message: "bad_length" })),
    frame("ping", "PING", 0, [1, 2, 3, 4, 5, 6, 7, 8]),
    frame("pong", "PONG", 0, [1, 2, 3, 4, 5, 6, 7, 8]),
    frame("forget", "FORGET", 0, cbor(["run-1.call_1", "run-1.call_2"])),
  ],
  // `error` is the class of the defect; a frame with a huge length is told by its header alone.
  malformed: [
    bad("length over the limit", "bad_length", types.DATA, 1, 0, [], { length: 262_145 }),
    bad("length of 4 GiB", "bad_length", types.DATA, 1, 0, [], { length: 0xffffffff }),
    bad("call over 65,536 bytes", "bad_length", types.CALL, 1, 0, [], { length: 65_537 }),
    bad("type 0", "bad_type", 0, 0, 0, []),
    bad("type 11", "bad_type", 11, 1, 0, []),
    bad("type 255", "bad_type", 255, 1, 0, []),
    bad("END on PING", "bad_flags", types.PING, 0, 1, [0, 0, 0, 0, 0, 0, 0, 0]),
    bad("channel on CALL", "bad_flags", types.CALL, 1, 2, cbor(call)),
    bad("channel 3", "bad_flags", types.DATA, 1, 6, []),
    bad("flag bit 3", "bad_flags", types.DATA, 1, 8, []),
    bad("flag bit 7", "bad_flags", types.DATA, 1, 128, []),
    bad("END on REPLY", "bad_flags", types.REPLY, 1, 1, cbor({ ok: {} })),
    bad("reserved bytes", "bad_reserved", types.DATA, 1, 0, [], { reserved: [0, 1] }),
    bad("DATA on stream 0", "bad_stream", types.DATA, 0, 0, []),
    bad("CALL on stream 0", "bad_stream", types.CALL, 0, 0, cbor(call)),
    bad("PING on stream 1", "bad_stream", types.PING, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
    bad("HELLO on stream 1", "bad_stream", types.HELLO, 1, 0, cbor(hello)),
    bad("PING of 7 bytes", "bad_length", types.PING, 0, 0, [0, 0, 0, 0, 0, 0, 0]),
    bad("WINDOW of 3 bytes", "bad_length", types.WINDOW, 1, 0, [0, 0, 1]),
    bad("CANCEL with a payload", "bad_length", types.CANCEL, 1, 0, [0]),
    bad("trailer of another connection", "bad_trailer", types.DATA, 1, 0, [1], { tag: TAG + 1 }),
    bad("trailer 0", "bad_trailer", types.DATA, 1, 0, [1], { tag: 0 }),
    badCbor("nothing", ""),
    badCbor("cut off in a text", "6361"),
    badCbor("cut off in a map", "a16161"),
    badCbor("array longer than its bytes", "9affffffff"),
    badCbor("bytes after the value", "a000"),
    badCbor("indefinite array", "9fff"),
    badCbor("indefinite map", "bfff"),
    badCbor("indefinite text", "7f6161ff"),
    badCbor("tag", "c001"),
    badCbor("float 64", "fb3ff8000000000000"),
    badCbor("float 16", "f93e00"),
    badCbor("undefined", "f7"),
    badCbor("simple value 32", "f820"),
    badCbor("reserved additional information", "1c"),
    badCbor("break alone", "ff"),
    badCbor("integer key", "a10101"),
    badCbor("bytes key", "a1416101"),
    badCbor("duplicate key", "a2616101616102"),
    badCbor("text that is not UTF-8", "61ff"),
    badCbor("text with a surrogate", "63eda080"),
    badCbor("long form of 1", "1801"),
    badCbor("long form of a length", "780161"),
    badCbor("2^53", "1b0020000000000000"),
    badCbor("-2^53", "3b001fffffffffffff"),
    badCbor("2^64 - 1", "1bffffffffffffffff"),
    badCbor("nesting of 17", `${deep(17)}00`),
  ],
  // What a reader that hunts finds in `hex`: the nonce and the bytes after it, or nothing yet.
  preambles: [
    {
      name: "clean",
      hex: "0056575250430d0a0102030405060708",
      nonceHex: "0102030405060708",
      tag: 0x05060708,
      restHex: "",
    },
    {
      name: "after rubbish",
      hex: "fffe0056570056575250430d0a0102030405060708aabb",
      nonceHex: "0102030405060708",
      tag: 0x05060708,
      restHex: "aabb",
    },
    {
      name: "after zeros",
      hex: `${"00".repeat(40)}0056575250430d0a0000000000000001`,
      nonceHex: "0000000000000001",
      tag: 1,
      restHex: "",
    },
    {
      name: "tag 0 is no preamble, the next one is",
      hex: "0056575250430d0a01020304000000000056575250430d0a0102030400000002",
      nonceHex: "0102030400000002",
      tag: 2,
      restHex: "",
    },
    {
      name: "a nonce that looks like the magic",
      hex: "0056575250430d0a0056575250430d0a0000000000000003",
      nonceHex: "0056575250430d0a",
      tag: 0x50430d0a,
      restHex: "0000000000000003",
    },
    { name: "half a magic", hex: "0056575250", nonceHex: null },
    { name: "half a nonce", hex: "0056575250430d0a010203", nonceHex: null },
    { name: "only tag 0", hex: "0056575250430d0a0102030400000000", nonceHex: null },
  ],
  messages: [
    message("hello of the host", hello),
    message("hello of the guest", {
      generation: 1,
      agent: "0.1.0",
      boot: "5f0c",
      epoch: 0,
      configured: false,
      limits: { streams: 256, frame: 262_144, window: 1_048_576 },
    }),
    message("configure", {
      op: "configure",
      args: {
        seed: { $bytes: "00".repeat(32) },
        time_us: 1_795_350_000_000_000,
        epoch: 3,
        hostname: "vm-1",
        root: "disk",
      },
    }),
    message("exec", call),
    message("exec reply", {
      ok: {
        exit_code: 137,
        signal: 9,
        timed_out: true,
        cancelled: false,
        stdout_bytes: 0,
        stderr_bytes: 5,
        truncated: false,
        duration_us: 5_000_123,
      },
    }),
    message("call: exec on a terminal", {
      op: "exec",
      id: "terminal.1",
      args: { argv: ["/bin/bash"], env: { TERM: "vt100" }, pty: { rows: 24, cols: 80 } },
    }),
    message("call: attach", { op: "attach", args: { target: "run-1.call_2", offset: 1_048_577 } }),
    message("call: signal", { op: "signal", args: { target: "run-1.call_2", signal: 15 } }),
    message("call: resize", { op: "resize", args: { target: "terminal.1", rows: 65_535, cols: 1 } }),
    message("call: watch", { op: "watch", args: { path: "/workspace", recursive: true } }),
    message("call: freeze", { op: "freeze", args: { lease_ms: 60_000 } }),
    message("call: thaw", { op: "thaw", args: {} }),
    message("call: metrics", { op: "metrics", args: {} }),
    message("call: configure with limits", {
      op: "configure",
      args: {
        seed: { $bytes: "01".repeat(32) },
        time_us: 1_795_350_000_000_000,
        epoch: 281_474_976_710_655,
        hostname: "vm-1",
        root: "memory",
        limits: { processes: 256, memory_bytes: 134_217_728 },
      },
    }),
    message("call: renew", {
      op: "renew",
      args: { seed: { $bytes: "ff".repeat(32) }, time_us: 1_795_350_000_000_001, epoch: 4, hostname: "vm-2.example" },
    }),
    message("call: grant", { op: "grant", args: { token: "t".repeat(256) } }),
    message("call: accept", { op: "accept", args: { door: "proxy" } }),
    message("call: read", { op: "read", args: { path: "/workspace/a", offset: 0, length: 10 } }),
    message("call: write", { op: "write", id: "w", args: { path: "/workspace/a", mode: 0o644, create: "new" } }),
    message("call: edit", { op: "edit", args: { path: "/workspace/a", old: "x", new: "", all: true } }),
    message("call: stat", { op: "stat", args: { path: "/workspace", follow: false } }),
    message("call: list", { op: "list", args: { path: "/workspace", limit: 1 } }),
    message("call: mkdir", { op: "mkdir", id: "m", args: { path: "/workspace/d", parents: true } }),
    message("call: rename", { op: "rename", args: { from: "/workspace/d", to: "/workspace/e" } }),
    message("call: remove", { op: "remove", args: { path: "/workspace/e", recursive: true } }),
    message("call: glob", { op: "glob", args: { pattern: "**/*.{md,txt}", path: "/workspace" } }),
    message("call: grep", { op: "grep", args: { text: "needle", path: "/workspace", glob: "*.md", limit: 5 } }),
    message("call: service", { op: "service", args: { name: "reader", timeout_ms: 1_000 } }),
    message("call: sync", { op: "sync", args: {} }),
    message("reply: thaw", { ok: { was_frozen: true } }),
    message("reply: watch", { ok: { events: 3 } }),
    message("reply: accept", { ok: { sent: 4_294_967_296, received: 0 } }),
    message("reply: metrics", {
      ok: {
        uptime_us: 86_400_000_000,
        cpu_us: 12_345_678,
        processes: 3,
        max_processes: 2_048,
        memory_bytes: 50_331_648,
        max_memory_bytes: 201_326_592,
        total_memory_bytes: 251_658_240,
        disk_bytes: 1_073_741_824,
        max_disk_bytes: 2_147_483_648,
        inodes: 100,
        max_inodes: 65_536,
      },
    }),
    message("record: token", { token: "" }),
    message("record: changed", { kind: "modified", path: "/workspace/ä" }),
    message("record: moved", { kind: "moved", path: "/workspace/b", from: "/workspace/a" }),
    message("a key named __proto__", { args: { env: { __proto__x: "1", ["__proto__"]: "2" } } }),
    message(
      "integers",
      [
        0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_991, -1, -24, -25, -256,
        -257, -65_536, -65_537, -4_294_967_296, -4_294_967_297, -9_007_199_254_740_991,
      ],
    ),
    message("text", ["", "a", "é", "水", "😀", "x".repeat(24), "y".repeat(256)]),
    message("bytes", [{ $bytes: "" }, { $bytes: "00ff" }, { $bytes: "ab".repeat(300) }]),
    message("simple values", [null, true, false]),
    message("nesting of 16", JSON.parse(`${"[".repeat(16)}0${"]".repeat(16)}`)),
    message("empty", {}),
  ],
};

writeFileSync(new URL("vectors.json", import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
