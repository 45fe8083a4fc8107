import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Qmp } from "../../src/drivers/qemu/qmp.js";

const deadlineMs = 500;

/** A monitor in the hands of whoever took QEMU over: it answers the greeting's command, and then does as the test says. */
async function hostileMonitor(onCommand: (socket: Socket, count: number) => void) {
  const directory = await mkdtemp(join(tmpdir(), "vw-qmp-"));
  const path = join(directory, "mon");
  const server = createServer((socket) => {
    let count = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {
      if (count++ === 0) socket.write('{"QMP": {}}\n{"return": {}}\n');
      else onCommand(socket, count);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const answers: [string, (socket: Socket) => void, RegExp][] = [
  ["nothing", () => undefined, /no answer/],
  ["the end", (socket) => socket.end(), /it ended/],
  ["no JSON", (socket) => socket.write("what?\n"), /cannot be read/],
  ["JSON that means nothing", (socket) => socket.write('{"__proto__": {"return": 1}}\n'), /cannot be read/],
  ["a refusal with colours", (socket) => socket.write(refusal("\u001b[31mno\u001b[0m")), /query-status: {2}\[31mno/],
  ["a refusal as long as a book", (socket) => socket.write(refusal("x".repeat(100_000))), /^.{0,700}$/],
];

test.each(answers)("a monitor that answers with %s is an error of one sentence", async (_, answer, message) => {
  await using monitor = await hostileMonitor(answer);
  await using qmp = await Qmp.open(monitor.path, deadlineMs);
  await expect(qmp.execute("query-status")).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(message),
  });
});

test("a monitor that writes one line without an end is cut off long before it fills the memory", async () => {
  let written = 0;
  await using monitor = await hostileMonitor((socket) => {
    const pour = () => {
      while (!socket.destroyed && written < 200_000_000) {
        written += 65_536;
        if (!socket.write(Buffer.alloc(65_536, "x"))) return socket.once("drain", pour);
      }
      return socket;
    };
    pour();
  });
  await using qmp = await Qmp.open(monitor.path, 10_000);
  await expect(qmp.execute("query-status")).rejects.toMatchObject({ code: "internal" });
  expect(written).toBeLessThan(20_000_000);
});

test("a monitor that reports events for ever is given up at the deadline", async () => {
  await using monitor = await hostileMonitor((socket) => {
    const events = '{"event": "STOP"}\n'.repeat(100);
    const timer = setInterval(() => socket.write(events), 5);
    socket.once("close", () => clearInterval(timer));
  });
  await using qmp = await Qmp.open(monitor.path, deadlineMs);
  const began = performance.now();
  await expect(qmp.execute("query-status")).rejects.toMatchObject({ code: "internal" });
  expect(performance.now() - began).toBeLessThan(deadlineMs + 2_000);
});

test("an answer in pieces, with events before it, is one answer", async () => {
  await using monitor = await hostileMonitor((socket) => {
    socket.write('{"event": "STOP"}\n{"ret');
    setTimeout(() => socket.write('urn": {"status": "paused"}}\n'), 20);
  });
  await using qmp = await Qmp.open(monitor.path, deadlineMs);
  expect(await qmp.execute("query-status")).toEqual({ status: "paused" });
});

function refusal(desc: string): string {
  return `${JSON.stringify({ error: { class: "GenericError", desc } })}\n`;
}
