/** Everything the set-up downloads by itself, pinned. Debian's own packages are pinned by Debian's signatures. */
export const NATS = {
  version: "2.12.15",
  module: "github.com/nats-io/nats-server/v2",
  archive: (version) =>
    `https://github.com/nats-io/nats-server/releases/download/v${version}/nats-server-v${version}-linux-amd64.tar.gz`,
  // The same sum that the project's official container image checks its download against.
  sha256: "58ab8131f819263897e2fc38e503e1b755b63bcafeecc7d12582487df48ca15e",
};

/** The archives hold Firecracker and its jailer; the sums are those that the project publishes beside them. */
export const FIRECRACKER = {
  version: "1.16.1",
  source: "https://github.com/firecracker-microvm/firecracker/releases/download",
  /** By Node's names of processors. */
  machine: { x64: "x86_64", arm64: "aarch64" },
  sha256: {
    x64: "382a02a869e4d6d5cb14c40577f9545e8458021ea8b0b2d3fc10ec14d9c242e6",
    arm64: "8d0e69f6d6f9a1724551f607f18504052c16c1828ee3d4d7b6e6c73380871e0e",
  },
};

export const NODE_AT_LEAST = [20, 19];
/** `rust-version` of the guest agent. */
export const CARGO_AT_LEAST = [1, 85];
/** Below this, nats-server is the degraded tier. */
export const NATS_AT_LEAST = [2, 12];
/** What the first set-up needs on the disk of the home, in bytes: the image, its parts and the compiler's output. */
export const HOME_BYTES = 3 * 1024 ** 3;
