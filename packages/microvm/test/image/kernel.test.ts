import { execFileSync } from "node:child_process";
import { open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { unpackKernel } from "../../image/kernel.mjs";
import { builtImage } from "../support/home.js";

const elf = Buffer.concat([Buffer.from("\x7fELF", "latin1"), Buffer.from("a kernel ".repeat(1_000))]);
const image = Buffer.alloc(4_096, 7);
image.write("ARM\x64", 56, "latin1");

const pack = (program: string, bytes: Buffer) =>
  execFileSync(program, ["-c"], { input: bytes, stdio: ["pipe", "pipe", "ignore"] });
const size = (bytes: Buffer) => {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(bytes.length);
  return field;
};

/** As the x86 boot protocol describes it, with a payload that is neither at the beginning nor at the end. */
function bzImage(payload: Buffer): Buffer {
  const [setupSectors, offset] = [3, 100];
  const bytes = Buffer.alloc((setupSectors + 1) * 512 + offset);
  bytes[0x1f1] = setupSectors;
  bytes.write("HdrS", 0x202, "latin1");
  bytes.writeUInt16LE(0x20f, 0x206);
  bytes.writeUInt32LE(offset, 0x248);
  bytes.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([bytes, payload, Buffer.from("code after the payload")]);
}

function zboot(payload: Buffer): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("MZ\0\0zimg", 0, "latin1");
  bytes.writeUInt32LE(64, 8);
  bytes.writeUInt32LE(payload.length, 12);
  return Buffer.concat([bytes, payload, Buffer.from("code after the payload")]);
}

test.each([
  ["gzip", () => gzipSync(elf)],
  ["zstd", () => Buffer.concat([pack("zstd", elf), size(elf)])],
  ["xz", () => Buffer.concat([pack("xz", elf), size(elf)])],
])("the ELF file is taken out of a bzImage packed with %s", async (_, payload) => {
  expect((await unpackKernel(bzImage(payload()))).equals(elf)).toBe(true);
});

test.each([
  ["as it is", image],
  ["packed", gzipSync(image)],
  ["inside of an EFI program", zboot(pack("zstd", image))],
])("arm64's Image is found %s", async (_, vmlinuz) => {
  expect((await unpackKernel(vmlinuz)).equals(image)).toBe(true);
});

test.each([
  [
    "is no kernel",
    Buffer.from("#!/bin/sh\nexit 0\n"),
    /packed in a way that is not known \(it begins with 23212f62696e2f73\)/,
  ],
  ["carries no kernel", bzImage(gzipSync(Buffer.from("nothing of the kind"))), /is no kernel/],
  ["is cut short", bzImage(Buffer.concat([pack("zstd", elf).subarray(0, -8), size(elf)])), /zstd could not unpack/],
])("a file that %s is refused", async (_, bytes, message) => {
  await expect(unpackKernel(bytes)).rejects.toThrow(message);
});

test("the image's kernel can be entered the way that Firecracker and QEMU enter an unpacked one", async () => {
  const { vmlinux } = await builtImage();
  const file = await open(vmlinux, "r");
  try {
    const header = Buffer.alloc(64);
    await file.read(header, 0, 64, 0);
    const table = Buffer.alloc(header.readUInt16LE(54) * header.readUInt16LE(56));
    await file.read(table, 0, table.length, Number(header.readBigUInt64LE(32)));
    expect(
      await pvhEntry(table, header.readUInt16LE(54), async (offset, length) => {
        const bytes = Buffer.alloc(length);
        await file.read(bytes, 0, length, offset);
        return bytes;
      }),
    ).toBeGreaterThan(0x100000);
  } finally {
    await file.close();
  }
});

/** The address in the ELF note `XEN_ELFNOTE_PHYS32_ENTRY`, which a kernel with CONFIG_PVH has. */
async function pvhEntry(table: Buffer, entry: number, read: (offset: number, length: number) => Promise<Buffer>) {
  const [noteSegment, physicalEntry] = [4, 18];
  for (let at = 0; at < table.length; at += entry) {
    if (table.readUInt32LE(at) !== noteSegment) continue;
    const notes = await read(Number(table.readBigUInt64LE(at + 8)), Number(table.readBigUInt64LE(at + 32)));
    for (let note = 0; note + 12 <= notes.length; ) {
      const [nameSize, size, type] = [
        notes.readUInt32LE(note),
        notes.readUInt32LE(note + 4),
        notes.readUInt32LE(note + 8),
      ];
      const content = note + 12 + Math.ceil(nameSize / 4) * 4;
      if (type === physicalEntry && notes.toString("latin1", note + 12, note + 15) === "Xen")
        return notes.readUInt32LE(content);
      note = content + Math.ceil(size / 4) * 4;
    }
  }
  return undefined;
}
