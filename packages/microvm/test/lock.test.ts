import { spawn } from "node:child_process";
import { once } from "node:events";
import { Lock } from "../src/lock.js";

const name = `test ${process.pid}`;

test("one holder at a time, and the next one once it is given back", async () => {
  const first = await Lock.tryTake(name);
  expect(first).toBeDefined();
  expect(await Lock.tryTake(name)).toBeUndefined();
  const waiting = Lock.take(name, 5_000);
  await first?.[Symbol.asyncDispose]();
  const second = await waiting;
  expect(second).toBeDefined();
  await second?.[Symbol.asyncDispose]();
});

test("a holder that was killed holds nothing", async () => {
  // Abstract sockets are given back by the kernel; this holds one the way Lock does, in a process that is then killed.
  const program = `
    const { createHash } = require("node:crypto");
    const digest = createHash("sha256").update(${JSON.stringify(name)}).digest("hex").slice(0, 40);
    require("node:net").createServer().listen("\\0vibewriter-" + digest, () => console.log("held"));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(await Lock.tryTake(name)).toBeUndefined();
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await Lock.take(name, 5_000);
  expect(lock).toBeDefined();
  await lock?.[Symbol.asyncDispose]();
});
