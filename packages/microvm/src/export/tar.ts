import { MicroVMError } from "../errors.js";
import type { ByteReader } from "./byte-reader.js";

const blockBytes = 512;
const magic = "ustar\u000000";
/** Of the fields that are used here: name, size, checksum, type, magic. */
const field = { name: [0, 100], size: [124, 12], checksum: [148, 8], type: [156, 1], magic: [257, 8] } as const;
const plainName = /^[a-z0-9./-]{1,99}$/;

export interface TarEntry {
  name: string;
  content: Uint8Array;
}

/** One plain file of a tar (POSIX ustar), as bytes. */
export function encodeEntry({ name, content }: TarEntry): Uint8Array[] {
  const header = Buffer.alloc(blockBytes);
  header.write(name, field.name[0], "latin1");
  header.write("0000600\0", 100, "latin1");
  header.write("0000000\0", 108, "latin1");
  header.write("0000000\0", 116, "latin1");
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, field.size[0], "latin1");
  header.write("00000000000\0", 136, "latin1");
  header.write("0", field.type[0], "latin1");
  header.write(magic, field.magic[0], "latin1");
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, field.checksum[0], "latin1");
  return [header, content, Buffer.alloc(padding(content.length))];
}

/** What stands at the end of a tar. */
export function endOfTar(): Uint8Array {
  return Buffer.alloc(2 * blockBytes);
}

/** The next file, or undefined at the end. Throws MicroVMError `invalid_argument` for anything but small plain files. */
export async function readEntry(reader: ByteReader, maxBytes: number): Promise<TarEntry | undefined> {
  const header = await reader.take(blockBytes);
  if (header.every((byte) => byte === 0)) {
    await endAfter(reader);
    return undefined;
  }
  const name = text(header, field.name);
  const size = octal(text(header, field.size));
  const isPlain =
    text(header, field.type) === "0" &&
    header.toString("latin1", field.magic[0], field.magic[0] + field.magic[1]) === magic &&
    octal(text(header, field.checksum).trim()) === checksum(header);
  if (!isPlain || !plainName.test(name)) throw damaged("it has something in it that no export has");
  if (size > maxBytes) throw damaged(`it has a part of ${size} bytes, and at most ${maxBytes} are allowed`);
  const content = await reader.take(size);
  await reader.take(padding(size));
  return { name, content };
}

/** Why a file cannot be imported. */
export function damaged(why: string, cause?: unknown): MicroVMError {
  const text = `The file is no whole export of a VM: ${why}; export the VM again.`;
  return new MicroVMError("invalid_argument", text, { cause });
}

async function endAfter(reader: ByteReader): Promise<void> {
  const rest = await reader.take(blockBytes);
  if (!rest.every((byte) => byte === 0) || !(await reader.isAtEnd())) throw damaged("there is something after its end");
}

/** The sum of a header's bytes, its own field taken for blanks. */
function checksum(header: Uint8Array): number {
  const [from, length] = field.checksum;
  return header.reduce((sum, byte, at) => sum + (at >= from && at < from + length ? 0x20 : byte), 0);
}

function text(header: Buffer, [from, length]: readonly [number, number]): string {
  return header.toString("latin1", from, from + length).split("\0")[0] ?? "";
}

function octal(digits: string): number {
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : Number.POSITIVE_INFINITY;
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}
