import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { exec } from "../../src/vm/exec.js";
import { frameType } from "../../src/wire/frame.js";
import { template, temporaryHome, text } from "../support/home.js";
import { reply } from "../support/scripted-guest.js";
import { scriptedVm } from "../support/scripted-vm.js";

const secret = "canary-5f1d\u001b[2J-9e77";

test("that a secret comes is written down before the call leaves, and no error repeats it", async () => {
  const order: string[] = [];
  await using vm = await scriptedVm(
    {
      onFrame: (frame, peer) => {
        if (frame.type !== frameType.call) return;
        order.push("call");
        const error = { code: "invalid_argument", message: `What is KEY=${secret}? And ${secret}?` };
        peer.send({ type: frameType.reply, stream: frame.stream, payload: reply({ error }) });
      },
    },
    {
      onSecret: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push("written down");
      },
    },
  );
  const failure = await exec(vm.guest, { command: "true", secretEnv: { KEY: secret } }).catch(
    (error: unknown) => error,
  );
  expect(order).toEqual(["written down", "call"]);
  expect(failure).toMatchObject({ code: "invalid_argument", message: "What is KEY=[secret]? And [secret]?" });
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain("5f1d");
});

test("a VM that was given a secret writes its memory nowhere until it was stopped and started", async () => {
  await using scratch = await temporaryHome();
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "keeper", template, diskMiB: 64 });
  const env = { PLAIN: "p" };
  const told = await vm.exec({ command: 'printf %s "$KEY$PLAIN" | wc -c', env, secretEnv: { KEY: "canary-77" } });
  // What a command prints is kept in the VM's journal: this one does not print it.
  expect(text(told.stdout)).toBe("10\n");
  await expect(vm.suspend()).rejects.toMatchObject({ code: "secret_in_memory" });
  await expect(vms.snapshot("keeper", "kept")).rejects.toMatchObject({ code: "secret_in_memory" });
  await expect(vms.fork({ vm: "keeper" })).rejects.toMatchObject({ code: "secret_in_memory" });
  expect(JSON.stringify(scratch.events)).not.toContain("canary-77");
  const folder = join(scratch.home, "vms", "keeper");
  for (const name of await readdir(folder))
    expect((await readFile(join(folder, name))).includes("canary-77")).toBe(false);
  expect(text((await vm.exec({ command: "echo runs on" })).stdout)).toBe("runs on\n");
  await vm.stop();
  await vm.start();
  await vm.suspend();
  await vm.resume();
  expect(await vm.ping()).toBeGreaterThan(0);
}, 120_000);
