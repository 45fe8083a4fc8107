import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { conformance, end } from "./conformance.js";
import { type Lab, shell } from "./lab.js";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

conformance(
  "qemu",
  {
    namespaces: ["cgroup", "ipc", "mnt", "net", "pid", "uts"],
    root: ["dev", "initrd", "kernel", "lib", "lib64", "memory", "sockets", "usr"],
    hasEmptyBoundingSet: true,
  },
  (lab: () => Lab) => {
    test("a machine that there is no room to save runs on", async () => {
      const specimen = await lab().clone({ disk: false });
      const { machine, spec, folder, connection } = specimen;
      const saved = { memory: join(folder, "memory"), state: join(folder, "state") };
      const saving = lab().driver.snapshot(machine, { ...spec, memoryMiB: 1_000_000_000 }, saved);
      await expect(saving).rejects.toMatchObject({ code: "no_space" });
      expect(await shell(connection, "echo still here")).toBe("still here\n");
      await end(lab(), specimen);
    });

    test.runIf(isRoot)("a full disk of the host is an error in the guest, which answers on", async () => {
      const { folder, spec } = await lab().place({ disk: true });
      const small = join(folder, "small");
      await mkdir(small);
      await run("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", small]);
      const disk = join(small, "disk.img");
      await run("cp", ["--sparse=always", spec.disk ?? "", disk]);
      const specimen = await lab().restore(folder, { ...spec, disk });
      try {
        await lab().configure(specimen, { disk: true });
        const writing = shell(
          specimen.connection,
          "head -c 30000000 /dev/urandom > /workspace/big && sync /workspace/big",
        );
        await expect(writing).rejects.toThrow();
        // QEMU would stop the whole machine, and nothing would say why.
        expect(await specimen.connection.ping(10_000)).toBeGreaterThan(0);
      } finally {
        await end(lab(), specimen);
        await run("umount", [small]);
      }
    });
  },
);
