import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EXCLUDED, KERNEL, PACKAGES, SUITE, USERS } from "./recipe.mjs";
import { run } from "./run.mjs";

/**
 * Builds the read-only base `<outDir>/base.erofs` and takes kernel and modules out of Debian's kernel package:
 * `<outDir>/kernel/boot/vmlinuz-*` and `<outDir>/kernel/usr/lib/modules/*`.
 * Needs root or user namespaces (mmdebstrap chooses), about 40 s and 2 GiB.
 */
export async function buildBase({ outDir, log, signal, mirror }) {
  await mkdir(outDir, { recursive: true });
  const kernelDir = join(outDir, "kernel");
  await rm(kernelDir, { recursive: true, force: true });
  await mkdir(kernelDir, { recursive: true });
  const base = join(outDir, "base.erofs");
  await run("mmdebstrap", [...options(kernelDir, base), SUITE, "/dev/null", ...(mirror ? [mirror] : [])], {
    log,
    signal,
  });
  const debs = (await readdir(kernelDir)).filter((name) => name.endsWith(".deb"));
  if (debs.length !== 1) throw new Error(`Expected one kernel package of ${KERNEL}, found ${debs.length}.`);
  await run("dpkg-deb", ["-x", join(kernelDir, debs[0]), kernelDir], { signal });
  return { base, kernelDir };
}

function options(kernelDir, base) {
  const inRoot = (script) => `--customize-hook=chroot "$1" sh -ec '${script}'`;
  return [
    "--variant=minbase",
    "--format=null",
    `--include=${PACKAGES.join(",")}`,
    ...EXCLUDED.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=Apt::Install-Recommends "false"',
    ...USERS.map(({ name, uid, home }) =>
      inRoot(`useradd --uid ${uid} --user-group --no-create-home --home-dir ${home} --shell /bin/bash ${name}`),
    ),
    // Only the package file is wanted: installing it would pull in and run the tools for an initramfs of Debian's own.
    inRoot(
      `mkdir -m 777 /var/kernel && cd /var/kernel && apt-get download $(apt-cache depends ${KERNEL} | sed -n "s/ *Depends: \\(linux-image-[0-9].*\\)/\\1/p")`,
    ),
    `--customize-hook=copy-out /var/kernel ${JSON.stringify(kernelDir)}`,
    `--customize-hook=mv ${quote(kernelDir)}/kernel/*.deb ${quote(kernelDir)}/`,
    inRoot("rm -rf /var/kernel /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/log/*"),
    // Times and the UUID are fixed so that the same packages give the same bytes.
    `--customize-hook=mkfs.erofs -T 0 -U 76696265-7772-4974-8572-000000000001 -x-1 --exclude-regex='^(proc|sys|dev|run|tmp)/' ${quote(base)} "$1"`,
  ];
}

function quote(path) {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
