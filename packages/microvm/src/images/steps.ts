/**
 * What runs inside of the namespaces of a build. `/tmp/work` is the build's own folder: `in` what the host gives, `lower0`, `lower1`, ...
 * the image below, `upper` what the new layer gets, `cache` what was fetched.
 */
export const workFolder = "/tmp/work";

/** Unpacks the image below. With the host's tools and nothing of the image run. */
export function unpack(layers: number): string[] {
  const all = Array.from({ length: layers }, (_, i) => `fsck.erofs --extract=lower${i} in/lower${i}.erofs >&2`);
  return ["sh", "-c", ["set -eu", `cd ${workFolder}`, ...all].join("\n")];
}

/** Packs the new layer, with the host's tools. Times stay: Python compares them to decide whether what it has compiled is current. */
export function pack(): string[] {
  const id = "00000000-0000-0000-0000-000000000000";
  return ["mkfs.erofs", "--quiet", "-x-1", "-U", id, `${workFolder}/layer.erofs`, `${workFolder}/upper`];
}

/** Runs one of the scripts below in the image with the new layer over it. */
export function inImage(script: "fetch" | "install", layers: number): string[] {
  const lower = Array.from({ length: layers }, (_, i) => `lower${layers - 1 - i}`).join(":");
  return ["sh", "-c", `lower=${lower} script=${script}\n${enter}`];
}

/** What overlayfs knows of folders that replace others stands in attributes that a VM's overlay does not read: said with whiteouts. */
export function writeWhiteouts(layers: number): string[] {
  const lowers = Array.from({ length: layers }, (_, i) => `${workFolder}/lower${layers - 1 - i}`);
  return ["python3", "-c", whiteouts, `${workFolder}/upper`, ...lowers];
}

const enter = `set -eu
cd ${workFolder}
mkdir -p upper overlay root cache
chmod 755 upper
mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=overlay,userxattr" root
mount --rbind /proc root/proc
mount --rbind /dev root/dev
mount -t tmpfs -o mode=755 tmpfs root/run
mount -t tmpfs -o mode=1777 tmpfs root/tmp
mkdir root/run/in root/run/cache
mount --bind in root/run/in
mount --bind cache root/run/cache
for name in resolv.conf hosts; do mount --bind "in/$name" "root/etc/$name"; done
exec chroot root /bin/sh "/run/in/$script.sh"`;

/** With the network of the host, and without running anything that was fetched: apt, pip and npm only. */
export const fetchScript = `set -euf
cd /run/cache
mkdir -p lists/partial apt/archives/partial wheels
if [ -n "$APT$PIP" ]; then apt-get -q update; fi
if [ -n "$APT" ]; then apt-get -qy install --no-install-recommends --download-only $APT; fi
if [ -n "$PIP" ]; then
  apt-get -q download python3-pip-whl
  dpkg-deb -x "$(find . -maxdepth 1 -name 'python3-pip-whl_*.deb')" pip
  python3 "$(find pip -name 'pip-*.whl')/pip" download --only-binary=:all: --dest wheels $PIP
fi
if [ -n "$NPM" ]; then node /run/in/npm/bin/npm-cli.js install --global --ignore-scripts $NPM; fi`;

/** Without any network: this is where the packages' own scripts run. */
export const installScript = `set -euf
cd /run/cache
if [ -n "$APT" ]; then apt-get -qy install --no-install-recommends --no-download $APT; fi
if [ -n "$PIP" ]; then
  python3 "$(find pip -name 'pip-*.whl')/pip" install --no-index --find-links wheels --break-system-packages $PIP
fi
if [ -n "$NPM" ]; then node /run/in/npm/bin/npm-cli.js rebuild --global --foreground-scripts; fi
tar -C /run/in/files -cf - . | tar -C / -xf - --no-same-owner --no-overwrite-dir --keep-directory-symlink
ldconfig
rm -rf /var/cache/apt /var/lib/apt/lists /var/log/apt /var/log/dpkg.log /var/log/alternatives.log`;

const whiteouts = `import os, stat, sys
upper, *lowers = sys.argv[1:]
for folder, _, _ in os.walk(upper):
    try:
        if os.getxattr(folder, "user.overlay.opaque", follow_symlinks=False) != b"y":
            continue
    except OSError:
        continue
    for lower in lowers:
        below = os.path.join(lower, os.path.relpath(folder, upper))
        if os.path.islink(below) or not os.path.isdir(below):
            break
        for name in os.listdir(below):
            path = os.path.join(folder, name)
            if not os.path.lexists(path):
                os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))`;
