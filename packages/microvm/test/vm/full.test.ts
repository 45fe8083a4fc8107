import { execFileSync } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MicroVMs } from "../../src/index.js";
import { bytes, lendCache, template, temporaryHome, text } from "../support/home.js";

vi.setConfig({ testTimeout: 180_000 });

test("on a full disk everything that needs space says so, and nothing is lost", async (context) => {
  context.skip(process.getuid?.() !== 0, "only root can have a small disk of its own, to fill it");
  await using scratch = await temporaryHome();
  await using disk = await smallDisk(join(scratch.home, "small"));
  const { image } = scratch;
  await lendCache(disk.path, { templates: "own" });
  await using vms = await MicroVMs.open({ home: disk.path, image });
  await using _space = { [Symbol.asyncDispose]: disk.empty };
  const vm = await vms.create({ id: "kept", template, diskMiB: 128 });
  await vm.files.write("/workspace/kept", bytes("kept"), { parents: true });
  const resting = await vms.create({ id: "resting", template, diskMiB: 64 });
  await resting.stop();

  await disk.fill();
  const full = { code: "no_space" };
  await expect(vms.create({ id: "other", template, diskMiB: 64 })).rejects.toMatchObject(full);
  await expect(vms.snapshot("kept", "point")).rejects.toMatchObject(full);
  await expect(vm.suspend()).rejects.toMatchObject(full);
  await expect(vms.fork({ vm: "resting" })).rejects.toMatchObject(full);
  await expect(vms.export("resting", join(disk.path, "out.vm"))).rejects.toMatchObject(full);
  expect(vms.list().map(({ id }) => id)).toEqual(["kept", "resting"]);
  expect(await vms.snapshots()).toEqual([]);
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");

  await disk.empty();
  expect(text(await vm.files.read("/workspace/kept"))).toBe("kept");
  await vm.files.write("/workspace/later", bytes("later"));
  await vm.suspend();
  expect(text(await vm.files.read("/workspace/later"))).toBe("later");
  await Promise.all([vm.destroy(), resting.destroy()]);
});

/** A file system of 900 MiB. */
async function smallDisk(path: string) {
  await mkdir(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=900m", "tmpfs", path]);
  const ballast = join(path, "ballast");
  return {
    path,
    async fill(): Promise<void> {
      const { bavail, bsize } = await statfs(path);
      await writeFile(ballast, Buffer.alloc(bavail * bsize));
    },
    empty: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await MicroVMs.cleanUp(path);
      execFileSync("umount", ["-l", path]);
    },
  };
}
