import { createHash } from "node:crypto";
import { join } from "node:path";
import { Connection } from "../../src/client/connection.js";
import { MicroVMError } from "../../src/errors.js";
import { exec } from "../../src/vm/exec.js";
import { Files } from "../../src/vm/files.js";
import { Guest } from "../../src/vm/guest.js";
import { readManifest } from "../../src/vm/manifest.js";
import { Use } from "../../src/vm/use.js";
import { template, temporaryHome, text } from "../support/home.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let connection: Connection | undefined;
let guest: Guest;
let connections = 0;

beforeAll(async () => {
  scratch = await temporaryHome();
  const vms = await scratch.open();
  await vms.create({ id: "cut", template, diskMiB: 256 });
  // The VM runs on, and its stream is this file's.
  await vms.detach();
  const manifest = await readManifest(join(scratch.home, "vms", "cut"));
  const rpc = manifest?.machine?.rpc;
  if (manifest === undefined || rpc === undefined) throw new Error("the VM left no record");
  const use = new Use();
  const session = async () => {
    if (connection?.isOpen !== true) {
      connection = await Connection.open(rpc, { deadlineMs: 10_000 });
      connections += 1;
    }
    return { connection, epoch: manifest.epoch, life: 1 };
  };
  guest = new Guest({ session, untilAwake: async () => 0, holdSecret: async () => use.holdSecret(), use, manifest });
});

afterAll(async () => {
  await connection?.close();
  await scratch?.[Symbol.asyncDispose]();
});

const cut = () => connection?.breakOff(new MicroVMError("connection_lost", "The test cut it."));

test("a command whose connection is cut again and again runs once, and every byte of it is heard once", async () => {
  let heard = 0;
  let nextCut = 1;
  const before = connections;
  const command =
    "echo run >> /workspace/runs; i=0; while [ $i -lt 6000 ]; do i=$((i+1)); echo line $i; done; wc -l < /workspace/runs";
  const result = await exec(guest, {
    command,
    operationId: "cut.1",
    onStdout: (bytes) => {
      heard += bytes.length;
      // Three cuts in a row are an accident; a fourth would be none.
      if (heard < nextCut || connections - before >= 4) return;
      nextCut = heard + 15_000;
      setImmediate(cut);
    },
  });
  const expected = `${Array.from({ length: 6_000 }, (_, n) => `line ${n + 1}\n`).join("")}1\n`;
  expect(text(result.stdout)).toBe(expected);
  expect(heard).toBe(expected.length);
  expect(connections - before).toBeGreaterThan(1);
}, 60_000);

test("a file goes out and in whole over connections that are cut", async () => {
  const files = new Files(guest);
  const size = 24_000_000;
  const pieces = async function* (cutAt: number) {
    for (let at = 0; at < size; at += 500_000) {
      yield Buffer.alloc(500_000, `piece ${at} `);
      if (at === cutAt) setImmediate(cut);
    }
  };
  let sendings = 0;
  await files.writeStream("/workspace/file", () => pieces(++sendings === 1 ? 8_000_000 : -1));
  expect(sendings).toBe(2);
  const [wanted, got] = [createHash("sha256"), createHash("sha256")];
  for await (const piece of pieces(-1)) wanted.update(piece);
  let received = 0;
  for await (const bytes of files.readStream("/workspace/file")) {
    if (received < 9_000_000 && received + bytes.length >= 9_000_000) cut();
    received += bytes.length;
    got.update(bytes);
  }
  expect([received, got.digest("hex")]).toEqual([size, wanted.digest("hex")]);
}, 60_000);
