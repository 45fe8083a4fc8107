// Saving and restoring as an attack surface: what must survive, what must not be the same twice, and what must never be written down.
import { createHash, randomBytes } from "node:crypto";
import { open, readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { identify } from "../../src/drivers/host/process.js";
import { removeMachine } from "../../src/drivers/record.js";
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { template, temporaryHome, text } from "../support/home.js";
import { times } from "./scale.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

const minutes = 60_000;

async function treeHash(vm: MicroVM): Promise<string> {
  const command = "cd /workspace && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum";
  return text((await vm.exec({ command, timeoutMs: 120_000 })).stdout);
}

test(
  "suspended and resumed again and again, a tree of files stays the same to the byte and a process goes on",
  async () => {
    const vm = await vms.create({ id: "again", template, diskMiB: 128 });
    await vm.exec({
      command:
        "for i in $(seq 60); do mkdir -p /workspace/d$((i % 7)); head -c 20000 /dev/urandom > /workspace/d$((i % 7))/f$i; done",
    });
    const counting = "i=0; while :; do i=$((i+1)); echo $i > /tmp/next; mv /tmp/next /tmp/count; sleep 0.05; done";
    const lasting = vm.exec({ command: counting, operationId: "hostile.counting", timeoutMs: 600_000 });
    const ended = lasting.catch((error: unknown) => error);
    const before = await treeHash(vm);
    let last = 0;
    for (let round = 0; round < times(20, 4); round++) {
      await vm.suspend();
      await vm.resume();
      expect(await treeHash(vm)).toBe(before);
      const count = Number(text((await vm.exec({ command: "cat /tmp/count" })).stdout));
      expect(count).toBeGreaterThan(last);
      last = count;
    }
    await vm.destroy();
    expect(await ended).toMatchObject({ code: expect.stringMatching(/closed|connection_lost/) });
  },
  10 * minutes,
);

test(
  "two forks of one VM share neither chance, nor name, nor epoch, and know the time",
  async () => {
    const parent = await vms.create({ id: "parent", template, diskMiB: 64 });
    const forks = [await vms.fork({ vm: "parent" }, { id: "left" }), await vms.fork({ vm: "parent" }, { id: "right" })];
    const facts = await Promise.all(
      [parent, ...forks].map(async (vm) => {
        const { stdout } = await vm.exec({
          command:
            "hostname; head -c 16 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/uuid; python3 -c 'import uuid; print(uuid.uuid4())'; date +%s",
        });
        const [name, chance, kernelId, ownId, seconds] = text(stdout).trim().split("\n");
        return { name, chance, kernelId, ownId, seconds: Number(seconds) };
      }),
    );
    for (const what of ["name", "chance", "kernelId", "ownId"] as const) {
      expect(new Set(facts.map((fact) => fact[what])).size).toBe(3);
    }
    for (const { seconds } of facts) expect(Math.abs(seconds - Date.now() / 1_000)).toBeLessThan(30);
    await Promise.all([parent, ...forks].map((vm) => vm.destroy()));
  },
  3 * minutes,
);

test(
  "a secret that was in memory is in no file that is kept",
  async () => {
    const canary = `canary-${randomBytes(16).toString("hex")}`;
    const vm = await vms.create({ id: "keeper", template, diskMiB: 64 });
    const used = await vm.exec({ command: 'printf %s "$KEY" | sha256sum', secretEnv: { KEY: canary } });
    expect(text(used.stdout)).toContain(createHash("sha256").update(canary).digest("hex"));
    const refused = { code: "secret_in_memory" };
    await expect(vm.suspend()).rejects.toMatchObject(refused);
    await expect(vms.snapshot("keeper", "kept")).rejects.toMatchObject(refused);
    await expect(vms.fork({ vm: "keeper" })).rejects.toMatchObject(refused);
    await vm.stop();
    await vm.start();
    await vm.suspend();
    expect(await filesWith(scratch.home, canary)).toEqual([]);
    await vm.destroy();
  },
  3 * minutes,
);

test(
  "a saved memory that was damaged is told by its checks: the VM starts from its disk, with every file",
  async () => {
    const vm = await vms.create({ id: "damaged", template, diskMiB: 64 });
    await vm.exec({ command: "echo kept > /workspace/kept" });
    await vm.suspend();
    const saved = await largestFile(join(scratch.home, "vms", "damaged"), /state|memory/);
    await truncate(saved, 1_000);
    const back = await vms.get("damaged");
    expect(text((await back.exec({ command: "cat /workspace/kept" })).stdout)).toBe("kept\n");
    await back.destroy();
  },
  3 * minutes,
);

test("removing a machine whose pid now belongs to somebody else leaves that process alone", async () => {
  const bystander = identify(process.pid);
  if (bystander === undefined) throw new Error("this process cannot be looked up");
  await removeMachine({
    driver: "qemu",
    token: "6f6c6420-6d61-4368-a96e-652067307565",
    process: { ...bystander, startTime: bystander.startTime - 1 },
    rpc: { path: join(scratch.home, "nowhere", "rpc") },
    control: join(scratch.home, "nowhere", "mon"),
    log: join(scratch.home, "nowhere.log"),
    jail: join(scratch.home, "nowhere"),
    cgroups: [],
  });
  expect(identify(process.pid)).toEqual(bystander);
});

/** Files under `folder` that hold `needle` anywhere. */
async function filesWith(folder: string, needle: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesUnder(folder)) {
    const file = await open(path, "r");
    try {
      let tail = "";
      for await (const chunk of file.createReadStream({
        encoding: "latin1",
        highWaterMark: 4_194_304,
        autoClose: false,
      })) {
        if (`${tail}${chunk}`.includes(needle)) {
          found.push(path);
          break;
        }
        tail = String(chunk).slice(-needle.length);
      }
    } finally {
      await file.close();
    }
  }
  return found;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function largestFile(folder: string, name: RegExp): Promise<string> {
  const files = (await filesUnder(folder)).filter((path) => name.test(path.slice(folder.length)));
  const sizes = await Promise.all(files.map(async (path) => ({ path, size: (await stat(path)).size })));
  const largest = sizes.sort((a, b) => b.size - a.size)[0];
  if (largest === undefined) throw new Error(`no saved machine under ${folder}`);
  return largest.path;
}
