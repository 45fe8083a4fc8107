import { Files } from "../../src/vm/files.js";
import { Terminal } from "../../src/vm/terminal.js";
import { type FileEvent, watch } from "../../src/vm/watch.js";
import { encodeCbor } from "../../src/wire/cbor.js";
import { type Frame, frameType } from "../../src/wire/frame.js";
import { decoded, type Peer, reply } from "../support/scripted-guest.js";
import { scriptedVm } from "../support/scripted-vm.js";

type Asked = { op: string; id?: string; args: Record<string, unknown> };
const asked = (frame: Frame) => decoded(frame) as unknown as Asked;
const data = (peer: Peer, stream: number, payload: Uint8Array, channel = 0) =>
  peer.send({ type: frameType.data, stream, payload, channel });
const ok = (peer: Peer, stream: number, result: object) =>
  peer.send({ type: frameType.reply, stream, payload: reply({ ok: result }) });
const failed = (peer: Peer, stream: number, code: string) =>
  peer.send({ type: frameType.reply, stream, payload: reply({ error: { code, message: "No." } }) });
const file = (mtime: number) => ({ size: 6, mode: 0o644, mtime_us: mtime * 1_000 });

describe("reading a stream", () => {
  /** Answers `stat`, and the n-th `read` as told. */
  const reading = (...reads: ((peer: Peer, stream: number, args: Asked["args"]) => void)[]) => {
    const offsets: unknown[] = [];
    return {
      offsets,
      onFrame: (frame: Frame, peer: Peer) => {
        if (frame.type !== frameType.call) return;
        const { op, args } = asked(frame);
        if (op === "stat") return ok(peer, frame.stream, { type: "file", ...file(1) });
        offsets.push([args.offset, args.length]);
        reads[offsets.length - 1]?.(peer, frame.stream, args);
      },
    };
  };
  const cutOff = (peer: Peer, stream: number) => {
    data(peer, stream, Buffer.from("abc"));
    peer.socket.end();
  };
  const rest = (mtime: number) => (peer: Peer, stream: number) => {
    data(peer, stream, Buffer.from("def"));
    ok(peer, stream, file(mtime));
  };
  const collect = async (stream: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  test("goes on behind the bytes that had come when the connection was lost", async () => {
    const script = reading(cutOff, rest(1));
    await using vm = await scriptedVm(script);
    expect(await collect(new Files(vm.guest).readStream("/f", { offset: 10, length: 6 }))).toBe("abcdef");
    expect(script.offsets).toEqual([
      [10, 6],
      [13, 3],
    ]);
  });

  test("does not join two versions of a file", async () => {
    await using vm = await scriptedVm(reading(cutOff, rest(2)));
    await expect(collect(new Files(vm.guest).readStream("/f"))).rejects.toMatchObject({
      code: "operation_interrupted",
    });
  });

  test("is cancelled in the guest when its reader leaves", async () => {
    const frames: number[] = [];
    const script = reading((peer, stream) => data(peer, stream, Buffer.from("abc")));
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => {
        frames.push(frame.type);
        script.onFrame(frame, peer);
      },
    });
    for await (const chunk of new Files(vm.guest).readStream("/f")) {
      expect(Buffer.from(chunk).toString()).toBe("abc");
      break;
    }
    await vi.waitFor(() => expect(frames.at(-1)).toBe(frameType.cancel), 20_000);
  });
});

describe("writing a stream", () => {
  async function* pieces() {
    yield Buffer.from("ab");
    yield new Uint8Array(0);
    yield Buffer.from("cd");
  }
  /** Takes whole bodies; hangs up in the middle of the first. */
  const taking = (hangUps: number) => {
    const bodies: string[] = [];
    const calls: Asked[] = [];
    return {
      bodies,
      calls,
      onFrame: (frame: Frame, peer: Peer) => {
        if (frame.type === frameType.call) {
          calls.push(asked(frame));
          bodies.push("");
        }
        if (frame.type !== frameType.data) return;
        bodies[bodies.length - 1] += Buffer.from(frame.payload).toString();
        if (bodies.length <= hangUps) peer.socket.end();
        else if (frame.end) ok(peer, frame.stream, { size: 4 });
      },
    };
  };

  test("asks its source anew for each sending, under one operation id", async () => {
    const script = taking(1);
    await using vm = await scriptedVm(script);
    const source = vi.fn(pieces);
    await new Files(vm.guest).writeStream("/f", source, { parents: true });
    expect([script.bodies[1], source.mock.calls.length]).toEqual(["abcd", 2]);
    expect(script.calls[1]?.id).toBe(script.calls[0]?.id);
  });

  test("a source that fails ends the writing with its own error, and the guest is told", async () => {
    const frames: number[] = [];
    await using vm = await scriptedVm({ onFrame: (frame) => frames.push(frame.type) });
    const source = async function* () {
      yield Buffer.from("ab");
      throw new Error("the disk of the host");
    };
    await expect(new Files(vm.guest).writeStream("/f", source)).rejects.toThrow("the disk of the host");
    await vi.waitFor(() => expect(frames).toEqual([frameType.call, frameType.data, frameType.cancel]), 20_000);
  });

  test("a source is left when the guest refuses, also while it has nothing to give", async () => {
    let isLeft = false;
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => frame.type === frameType.data && failed(peer, frame.stream, "no_space"),
    });
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(1_000);
      } finally {
        isLeft = true;
      }
    };
    await expect(new Files(vm.guest).writeStream("/f", endless)).rejects.toMatchObject({ code: "no_space" });
    await vi.waitFor(() => expect(isLeft).toBe(true), 20_000);
    const silent = async function* () {
      yield Buffer.from("x");
      await new Promise(() => undefined);
    };
    await expect(new Files(vm.guest).writeStream("/f", silent)).rejects.toMatchObject({ code: "no_space" });
  });
});

describe("watching", () => {
  const record = (value: unknown) => {
    const payload = encodeCbor(value as Parameters<typeof encodeCbor>[0]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(payload.length, 0);
    return Buffer.concat([length, payload]);
  };
  const created = record({ kind: "created", path: "/w/a" });

  test("gives each change, cut wherever frames cut it, until the path is gone", async () => {
    const moved = record({ kind: "moved", path: "/w/b", from: "/w/a" });
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        for (const byte of Buffer.concat([created, moved])) data(peer, frame.stream, Uint8Array.of(byte));
        ok(peer, frame.stream, { events: 2 });
      },
    });
    const seen: FileEvent[] = [];
    for await (const event of watch(vm.guest, "/w", {})) seen.push(event);
    expect(seen).toEqual([
      { kind: "created", path: "/w/a" },
      { kind: "moved", path: "/w/b", from: "/w/a" },
    ]);
  });

  test("a lost connection shows as an overflow, and the signal ends it", async () => {
    let calls = 0;
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => {
        if (frame.type === frameType.cancel) failed(peer, frame.stream, "cancelled");
        if (frame.type !== frameType.call) return;
        data(peer, frame.stream, created);
        if (++calls === 1) peer.socket.end(created.subarray(0, 5));
      },
    });
    const stop = new AbortController();
    const kinds: string[] = [];
    for await (const { kind } of watch(vm.guest, "/w", { signal: stop.signal })) {
      kinds.push(kind);
      if (kinds.length === 3) stop.abort();
    }
    expect(kinds).toEqual(["created", "overflow", "created"]);
  });

  test.each([
    ["a record longer than two paths", Buffer.from("ffffffff00", "hex")],
    ["a record of another shape", record({ kind: "exploded", path: "/w" })],
    ["a record that is no CBOR", Buffer.from("00000001ff", "hex")],
  ])("%s costs the guest its connection", async (_, bytes) => {
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => frame.type === frameType.call && data(peer, frame.stream, bytes),
    });
    const first = watch(vm.guest, "/w", {})[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: "protocol_violation" });
    expect(vm.current()?.isOpen).toBe(false);
  });
});

describe("a terminal", () => {
  const end = { exit_code: 0, timed_out: false, cancelled: false, stdout_bytes: 0, stderr_bytes: 0 };
  const result = { ...end, truncated: false, duration_us: 1_000 };

  test("takes what is typed, gives what is written, is resized once it is there, and says how it ended", async () => {
    const others: Asked[] = [];
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => {
        if (frame.type === frameType.data) {
          data(peer, frame.stream, Buffer.from(`you typed ${Buffer.from(frame.payload)}`), 1);
          ok(peer, frame.stream, { ...result, exit_code: 4 });
        }
        if (frame.type !== frameType.call) return;
        others.push(asked(frame));
        // The first time the program is not there yet.
        if (others.length === 2) failed(peer, frame.stream, "not_found");
        else if (others.length > 2) ok(peer, frame.stream, {});
      },
    });
    const terminal = await Terminal.open(vm.guest, { rows: 24, cols: 80 });
    await terminal.resize(30, 90);
    await terminal.signal(2);
    await terminal.write(Buffer.from("hello"));
    const written: string[] = [];
    for await (const bytes of terminal) written.push(Buffer.from(bytes).toString());
    expect(written.join("")).toBe("you typed hello");
    expect(await terminal.done).toEqual({ exitCode: 4, signal: undefined });
    await expect(terminal.write(Buffer.from("x"))).rejects.toMatchObject({ code: "closed" });
    const [exec, , resize, signal] = others;
    expect(exec?.args).toEqual({ argv: ["/bin/sh", "-l"], pty: { rows: 24, cols: 80 } });
    expect(resize).toMatchObject({ op: "resize", args: { target: exec?.id, rows: 30, cols: 90 } });
    expect(signal).toMatchObject({ op: "signal", args: { target: exec?.id, signal: 2 } });
  });

  test("ends with its connection, and is not begun again", async () => {
    let calls = 0;
    await using vm = await scriptedVm({
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        calls += 1;
        peer.socket.end();
      },
    });
    await using terminal = await Terminal.open(vm.guest, { command: "top", rows: 24, cols: 80 });
    await expect(terminal.done).rejects.toMatchObject({ code: "connection_lost" });
    await expect(terminal[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "connection_lost" });
    expect(calls).toBe(1);
  });

  test("closing it kills the program", async () => {
    await using vm = await scriptedVm({
      onFrame: (frame, peer) =>
        frame.type === frameType.cancel &&
        ok(peer, frame.stream, { ...result, exit_code: 137, signal: 9, cancelled: true }),
    });
    const terminal = await Terminal.open(vm.guest, { argv: ["/bin/bash"], rows: 24, cols: 80 });
    await terminal.close();
    expect(await terminal.done).toEqual({ exitCode: 137, signal: 9 });
  });
});
