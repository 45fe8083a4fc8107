import { spawn } from "node:child_process";
import { gunzipSync } from "node:zlib";

/** How a kernel package names the way its payload is packed, by the first bytes of it. */
const packers = [
  { magic: "1f8b", program: "gzip" },
  { magic: "28b52ffd", program: "zstd" },
  { magic: "fd377a585a00", program: "xz" },
  { magic: "02214c18", program: "lz4" },
  { magic: "04224d18", program: "lz4" },
];
const sectorBytes = 512;

/**
 * What Firecracker boots: on x86-64 the ELF file that a bzImage carries packed, on arm64 the `Image` that a vmlinuz may carry packed.
 * @param {Buffer} vmlinuz
 * @returns {Promise<Buffer>}
 */
export async function unpackKernel(vmlinuz) {
  if (isReady(vmlinuz)) return vmlinuz;
  const packed = payloadOf(vmlinuz);
  const packer = packers.find(({ magic }) => packed.toString("hex", 0, magic.length / 2) === magic);
  if (!packer) throw new Error(`The kernel is packed in a way that is not known (it begins with ${start(packed)}).`);
  const kernel = packer.program === "gzip" ? gunzipSync(packed) : await unpack(packer.program, packed);
  if (!isReady(kernel))
    throw new Error(`What was packed in the kernel is no kernel (it begins with ${start(kernel)}).`);
  return kernel;
}

/** An ELF file, or arm64's `Image`, which has its magic in its header. */
function isReady(bytes) {
  return bytes.toString("latin1", 0, 4) === "\x7fELF" || bytes.toString("latin1", 56, 60) === "ARM\x64";
}

function payloadOf(vmlinuz) {
  // The boot protocol of x86, from version 2.08 on, says where the payload is.
  if (vmlinuz.toString("latin1", 0x202, 0x206) === "HdrS" && vmlinuz.readUInt16LE(0x206) >= 0x208) {
    const begin = ((vmlinuz[0x1f1] || 4) + 1) * sectorBytes + vmlinuz.readUInt32LE(0x248);
    const payload = vmlinuz.subarray(begin, begin + vmlinuz.readUInt32LE(0x24c));
    // The kernel's build appends the size where the format does not have it.
    return payload.toString("hex", 0, 2) === "1f8b" ? payload : payload.subarray(0, -4);
  }
  // An EFI program that unpacks itself: arm64 with CONFIG_EFI_ZBOOT.
  if (vmlinuz.toString("latin1", 0, 2) === "MZ" && vmlinuz.toString("latin1", 4, 8) === "zimg") {
    const begin = vmlinuz.readUInt32LE(8);
    return vmlinuz.subarray(begin, begin + vmlinuz.readUInt32LE(12));
  }
  return vmlinuz;
}

function unpack(program, packed) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-dc"], { stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    let complaint = "";
    child.on("error", (cause) =>
      reject(new Error(`${program} could not be started, which the kernel is packed with; install it.`, { cause })),
    );
    child.stdout.on("data", (bytes) => out.push(bytes));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      complaint = (complaint + text).slice(-1_000);
    });
    // A program that ends early says why itself.
    child.stdin.on("error", () => undefined);
    child.stdin.end(packed);
    child.on("close", (code) =>
      code === 0
        ? resolve(Buffer.concat(out))
        : reject(new Error(`${program} could not unpack the kernel: ${complaint.trim() || `it ended with ${code}`}`)),
    );
  });
}

const start = (bytes) => bytes.toString("hex", 0, 8) || "nothing";
