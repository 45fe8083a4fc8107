import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "../../src/client/connection.js";
import { dialGuest } from "../../src/client/dial.js";
import { scriptedGuest } from "../support/scripted-guest.js";

const port = 52;

/** A VMM's unix socket in front of the guest's vsock ports; `answer` is what becomes of each request, one after the other. */
async function vsock(answer: (socket: Socket, request: string, attempt: number) => void) {
  const directory = await mkdtemp(join(tmpdir(), "vw-vsock-"));
  const path = join(directory, "v.sock");
  let attempts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const attempt = attempts++;
    socket.on("error", () => socket.destroy());
    socket.once("data", (chunk) => answer(socket, chunk.toString("latin1"), attempt));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    attempts: () => attempts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const soon = (ms: number) => Date.now() + ms;

test("a guest that does not listen yet is asked again, and what it says at once is not lost", async () => {
  const requests: string[] = [];
  await using vmm = await vsock((socket, request, attempt) => {
    requests.push(request);
    if (attempt < 3) socket.destroy();
    else socket.write("OK 1073741824\nfirst words");
  });
  const socket = await dialGuest({ path: vmm.path, vsockPort: port }, soon(5_000));
  const said = new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(chunk.toString())));
  socket.resume();
  expect(await said).toBe("first words");
  expect(requests).toEqual(Array(4).fill("CONNECT 52\n"));
  socket.destroy();
});

test("the answer may come in pieces", async () => {
  await using vmm = await vsock((socket) => {
    socket.write("O");
    setTimeout(() => socket.write("K 7"), 20);
    setTimeout(() => socket.write("\n"), 40);
  });
  const socket = await dialGuest({ path: vmm.path, vsockPort: port }, soon(5_000));
  expect(vmm.attempts()).toBe(1);
  socket.destroy();
});

test.each<[what: string, answer: (socket: Socket) => void]>([
  ["says nothing", () => undefined],
  ["hangs up", (socket) => socket.destroy()],
  ["answers something else", (socket) => socket.write("NO 1\n")],
  ["answers without an end", (socket) => socket.write("O".repeat(100_000))],
])("a VMM that %s is given up at the deadline", async (_, answer) => {
  await using vmm = await vsock(answer);
  const begun = Date.now();
  await expect(dialGuest({ path: vmm.path, vsockPort: port }, soon(200))).rejects.toMatchObject({
    code: "connection_lost",
    message: expect.stringMatching(/does not listen on its port 52; start the VM again\.$/),
  });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(195);
});

test("a VMM that is dead is not waited for", async () => {
  await using vmm = await vsock((socket) => socket.destroy());
  const begun = Date.now();
  const dialed = dialGuest({ path: vmm.path, vsockPort: port }, soon(60_000), () => true);
  await expect(dialed).rejects.toMatchObject({ code: "connection_lost" });
  expect(Date.now() - begun).toBeLessThan(5_000);
});

test("a connection is opened through a vsock port as through a socket of its own", async () => {
  await using guest = await scriptedGuest({});
  await using vmm = await vsock((socket) => {
    const inside = connect(guest.path);
    socket.write("OK 1\n");
    socket.pipe(inside).pipe(socket);
  });
  const connection = await Connection.open({ path: vmm.path, vsockPort: port }, { deadlineMs: 5_000, fresh: true });
  expect(connection.hello.agent).toBe("scripted");
  await connection.close();
});
