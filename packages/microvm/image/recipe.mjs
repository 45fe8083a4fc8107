/** What is in the VM image. Changing a line here makes a new image; nothing else decides what an image holds. */

export const SUITE = "trixie";

/** Debian packages of the base, without what they only recommend. */
export const PACKAGES = ["ca-certificates", "curl", "git", "jq", "nodejs", "pandoc", "python3", "ripgrep"];

/** The kernel is taken out of this meta-package's dependency; its modules go into the initramfs, not into the base. */
export const KERNEL = "linux-image-cloud-amd64";

/** Kernel modules in the order in which the guest agent loads them: each after those it depends on. */
export const MODULES = ["virtio_mmio", "virtio_blk", "virtio-rng", "libcrc32c", "netfs", "erofs", "overlay"];

/** Users of the guest: `agent` runs what the model asks for, `service` what the host starts for itself. */
export const USERS = [
  { name: "agent", uid: 1000, home: "/workspace" },
  { name: "service", uid: 1001, home: "/nonexistent" },
];

/** Paths dpkg does not unpack: nobody reads a manual in there. */
export const EXCLUDED = [
  "/usr/share/man/*",
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/lintian/*",
];
