import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { architecture } from "./architecture.mjs";
import { aptOptions, debianMirrors } from "./debian.mjs";
import { modules } from "./initrd.mjs";
import { unpackKernel } from "./kernel.mjs";
import { run } from "./run.mjs";

const suite = "trixie";
const kernelPackage = `linux-image-cloud-${architecture().debian}`;
const packageList = new URL("packages.txt", import.meta.url);

/** Not unpacked at all: nobody reads manuals in a VM. */
const excluded = [
  "/usr/share/man/*",
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/lintian/*",
  "/usr/share/bash-completion/*",
];

/**
 * Makes the base root file system and takes the kernel out of its package: `base.erofs`, `vmlinuz`, the same
 * unpacked as `vmlinux`, and `modules/*.ko` in `outDir`. Needs mmdebstrap and mkfs.erofs; works as root, and as any user where unprivileged user namespaces are allowed.
 * @param {{ outDir: string, log?: (line: string) => void, aptOptions?: string[] }} options
 */
export async function buildBase({ outDir, log, aptOptions: extra = [] }) {
  const packages = (await readFile(packageList, "utf8")).split("\n").filter((name) => name !== "");
  const mirrors = await debianMirrors();
  const work = await mkdtemp(join(tmpdir(), "vibewriter-base-"));
  const results = join(work, "results.tar");
  try {
    await mkdir(join(outDir, "modules"), { recursive: true });
    const options = [...(await aptOptions()), 'Acquire::Retries "3";', ...extra];
    await run(
      "mmdebstrap",
      [
        "--variant=minbase",
        "--format=null",
        `--include=${packages.join(",")}`,
        ...options.map((option) => `--aptopt=${option}`),
        ...excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
        `--customize-hook=${kernelHook}`,
        `--customize-hook=${usersHook}`,
        `--customize-hook=${trimHook}`,
        `--customize-hook=${erofsHook}`,
        `--customize-hook=tar-out /.image/out ${results}`,
        suite,
        "/dev/null",
        ...(mirrors ? sources(mirrors) : []),
      ],
      { log },
    );
    await run("tar", ["-xf", results, "-C", work, "--strip-components=1", "--no-same-owner"]);
    await rm(join(outDir, "modules"), { recursive: true });
    for (const name of ["base.erofs", "vmlinuz", "modules"])
      await rename(join(work, name), join(outDir, name)).catch(moveAcross(work, outDir, name));
    await writeFile(join(outDir, "vmlinux"), await unpackKernel(await readFile(join(outDir, "vmlinuz"))));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Without these lines mmdebstrap uses Debian's own servers. */
function sources({ main, security }) {
  return [`deb ${main} ${suite} main`, `deb ${main} ${suite}-updates main`, `deb ${security} ${suite}-security main`];
}

/** The temporary folder may lie on another file system. */
function moveAcross(from, to, name) {
  return async (cause) => {
    if (cause.code !== "EXDEV") throw cause;
    await run("mv", [join(from, name), join(to, name)]);
  };
}

// Each hook is a shell script; its $1 is the new root. What it hands out goes to /.image/out, which the base does not get.

/** Only the kernel and a few modules are wanted, so its package is unpacked, not installed. */
const kernelHook = `set -eu
mkdir -p "$1/.image/out/modules" "$1/.image/kernel"
cd "$1/.image"
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
package=$(apt-cache depends --important ${kernelPackage} | sed -n 's/^ *Depends: \\(linux-image-.*\\)/\\1/p' | head -n 1)
apt-get -o APT::Sandbox::User=root download "$package"
dpkg-deb -x linux-image-*.deb kernel
cp kernel/boot/vmlinuz-* out/vmlinuz
chroot "$1" python3 - ${modules.join(" ")} <<'PYTHON'
import glob, lzma, os, sys
known = {}
for path in glob.glob("/.image/kernel/**/*.ko.xz", recursive=True):
    known[os.path.basename(path)[:-6].replace("-", "_")] = path
def take(name):
    path = known.get(name.replace("-", "_"))
    if path is None:
        return
    target = "/.image/out/modules/" + os.path.basename(path)[:-3]
    if os.path.exists(target):
        return
    with lzma.open(path) as file:
        data = file.read()
    with open(target, "wb") as file:
        file.write(data)
    for field in data.split(b"\\0"):
        if field.startswith(b"depends="):
            for needed in filter(None, field[8:].decode().split(",")):
                take(needed)
for name in sys.argv[1:]:
    take(name)
PYTHON`;

const usersHook = `set -eu
chroot "$1" groupadd --gid 1000 agent
chroot "$1" useradd --uid 1000 --gid 1000 --home-dir /workspace --no-create-home --shell /bin/bash agent
chroot "$1" groupadd --gid 1001 service
chroot "$1" useradd --uid 1001 --gid 1001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin service
printf '127.0.0.1 localhost\\n::1 localhost\\n' > "$1/etc/hosts"
: > "$1/etc/resolv.conf"
echo vibewriter > "$1/etc/hostname"`;

const trimHook = `set -eu
cd "$1"
rm -rf .image/kernel .image/*.deb boot/* usr/lib/modules var/lib/apt/lists/* var/cache/* var/log/*
rm -rf usr/share/zoneinfo/right usr/lib/python3*/test usr/share/perl/*/unicore/Name.pl
find var/lib/dpkg/info -type f ! -name '*.list' -delete`;

/** Not compressed: unpacking costs the emulated processor more than the host's page cache costs. What is mounted is passed over. */
const erofsHook = `set -eu
cd "$1"
mkdir -p proc sys dev run tmp
mkfs.erofs --quiet -x-1 --exclude-path=.image --exclude-regex='^(proc|sys|dev|run|tmp)/' .image/out/base.erofs . >&2`;
