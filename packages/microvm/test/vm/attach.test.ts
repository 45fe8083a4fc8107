import { exec, follow } from "../../src/vm/exec.js";
import { frameType } from "../../src/wire/frame.js";
import { decoded, type Peer, reply } from "../support/scripted-guest.js";
import { scriptedVm } from "../support/scripted-vm.js";

interface Call {
  op: string;
  id?: string;
  args: { target?: string; offset?: number };
}

const ended = {
  exit_code: 0,
  timed_out: false,
  cancelled: false,
  stdout_bytes: 0,
  stderr_bytes: 0,
  truncated: false,
  duration_us: 1_000,
};

function speaker(peer: Peer, stream: number) {
  return {
    say: (channel: number, text: string) =>
      peer.send({ type: frameType.data, stream, channel, payload: Buffer.from(text) }),
    done: (result: object = ended) =>
      peer.send({ type: frameType.reply, stream, payload: reply({ ok: { ...result } }) }),
    refuse: (code: string) =>
      peer.send({ type: frameType.reply, stream, payload: reply({ error: { code, message: "No." } }) }),
    hangUp: () => peer.socket.end(),
  };
}

/** Answers the calls in their order, one function for each; `calls` are what was asked. */
function inOrder(...answers: ((guest: ReturnType<typeof speaker>) => void)[]) {
  const calls: Call[] = [];
  return {
    calls,
    onFrame: (frame: { type: number; stream: number; payload: Uint8Array }, peer: Peer) => {
      if (frame.type !== frameType.call) return;
      calls.push(decoded(frame as Parameters<typeof decoded>[0]) as unknown as Call);
      answers[calls.length - 1]?.(speaker(peer, frame.stream));
    },
  };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const cutOff = (guest: ReturnType<typeof speaker>) => {
  guest.say(1, "out");
  guest.say(2, "err");
  guest.hangUp();
};

test("a command whose connection was lost goes on from the output that had come", async () => {
  const script = inOrder(cutOff, (guest) => {
    guest.say(1, "put");
    guest.done();
  });
  await using vm = await scriptedVm(script);
  const heard: string[] = [];
  const result = await exec(vm.guest, {
    command: "x",
    operationId: "op.1",
    onStdout: (bytes) => heard.push(text(bytes)),
  });
  expect([text(result.stdout), text(result.stderr), heard.join("")]).toEqual(["output", "err", "output"]);
  expect(script.calls.map(({ op, id, args }) => [op, id, args.target, args.offset])).toEqual([
    ["exec", "op.1", undefined, undefined],
    ["attach", "op.1", "op.1", 6],
  ]);
});

test.each(["not_found", "unknown_op"])(
  "where attaching is answered %s, the command is sent again, and no byte is heard twice",
  async (code) => {
    const script = inOrder(
      cutOff,
      (guest) => guest.refuse(code),
      (guest) => {
        guest.say(1, "output");
        guest.say(2, "err");
        guest.done();
      },
    );
    await using vm = await scriptedVm(script);
    const heard: string[] = [];
    const result = await exec(vm.guest, { argv: ["x"], onStdout: (bytes) => heard.push(text(bytes)) });
    expect([text(result.stdout), text(result.stderr), heard.join("")]).toEqual(["output", "err", "output"]);
    expect(script.calls.map(({ op }) => op)).toEqual(["exec", "attach", "exec"]);
    expect(script.calls[2]?.id).toBe(script.calls[0]?.id);
  },
);

test("a command with standard input is sent again as a whole", async () => {
  const script = inOrder(cutOff, (guest) => {
    guest.say(1, "output");
    guest.done();
  });
  await using vm = await scriptedVm(script);
  const { stdout } = await exec(vm.guest, { argv: ["cat"], stdin: Buffer.from("typed") });
  expect(text(stdout)).toBe("output");
  expect(script.calls.map(({ op }) => op)).toEqual(["exec", "exec"]);
});

test("a guest that loses every connection is given up", async () => {
  const script = inOrder(cutOff, cutOff, cutOff, cutOff, cutOff);
  await using vm = await scriptedVm(script);
  await expect(exec(vm.guest, { argv: ["x"] })).rejects.toMatchObject({ code: "connection_lost" });
  expect(script.calls).toHaveLength(4);
});

test("a VM without a disk that was lost meanwhile has forgotten the command", async () => {
  const script = inOrder((guest) => {
    vm.restart();
    guest.hangUp();
  });
  await using vm = await scriptedVm(script, { hasDisk: false });
  await expect(exec(vm.guest, { argv: ["x"] })).rejects.toMatchObject({ code: "operation_interrupted" });
});

test("following begins where it is told to, across a lost connection, and leaves the command alone when it is given up", async () => {
  const frames: number[] = [];
  const script = inOrder(cutOff, (guest) => {
    guest.say(2, "or");
    guest.done({ ...ended, exit_code: 3 });
  });
  await using vm = await scriptedVm({
    onFrame: (frame, peer) => {
      frames.push(frame.type);
      script.onFrame(frame, peer);
    },
  });
  const result = await follow(vm.guest, "op.2", { offset: 100 });
  expect([text(result.stdout), text(result.stderr), result.exitCode]).toEqual(["out", "error", 3]);
  expect(script.calls.map(({ args }) => [args.target, args.offset])).toEqual([
    ["op.2", 100],
    ["op.2", 106],
  ]);
  const stop = new AbortController();
  const silent = follow(vm.guest, "op.3", { signal: stop.signal });
  await vi.waitFor(() => expect(script.calls).toHaveLength(3), 20_000);
  stop.abort();
  await expect(silent).rejects.toMatchObject({ code: "cancelled" });
  await expect(follow(vm.guest, "op.3", { timeoutMs: 20 })).rejects.toMatchObject({ code: "timed_out" });
  expect(frames).not.toContain(frameType.cancel);
});
