import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream";
import type { z } from "zod";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { spaceError } from "../home.js";
import type { Quota } from "../space/quota.js";
import { ByteReader } from "./byte-reader.js";
import { decompressor } from "./codec.js";
import { type ExportRecord, endName, exportEnd, exportRecord, pieceBytes, pieceOffset, recordName } from "./record.js";
import { damaged, readEntry, type TarEntry } from "./tar.js";

const mebibyte = 1_048_576;
/** The home's quota is asked again whenever so much more has come. */
const roomMiB = 64;

/**
 * Reads an exported VM, whoever made the file: nothing in it is believed before it is checked, and it names no path. `writeDisk` makes the
 * disk, or nothing if the file is not whole. Both throw MicroVMError: `not_found`, `invalid_argument`, `no_space`, `quota_exceeded`.
 */
export async function readExport(
  file: string,
  quota: Quota,
): Promise<{ record: ExportRecord; writeDisk: (path: string) => Promise<void> }> {
  const reader = await openExport(file);
  const hash = createHash("sha256");
  try {
    const record = parse(exportRecord, await expectEntry(reader, recordName, hash));
    const size = record.diskMiB * mebibyte;
    return { record, writeDisk: (path) => writeDisk(path, { reader, hash, size, quota }) };
  } catch (error) {
    await reader[Symbol.asyncDispose]();
    throw error;
  }
}

async function writeDisk(
  path: string,
  o: { reader: ByteReader; hash: Hash; size: number; quota: Quota },
): Promise<void> {
  await using _reader = o.reader;
  const making = `${path}.making`;
  try {
    const disk = await open(making, "wx", 0o600);
    try {
      await disk.truncate(o.size);
      await fill(disk, o);
      await disk.sync();
    } finally {
      await disk.close();
    }
    await rename(making, path);
  } catch (cause) {
    await rm(making, { force: true });
    throw spaceError(cause, path);
  }
}

async function openExport(file: string): Promise<ByteReader> {
  const beginning = Buffer.alloc(8);
  try {
    const handle = await open(file, "r");
    try {
      await handle.read(beginning, 0, beginning.length, 0);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new MicroVMError("not_found", `The file ${file} cannot be read; name one that \`vm export\` made.`, {
      cause,
    });
  }
  const inflate = decompressor(beginning);
  if (inflate === undefined) throw damaged("it is not compressed as one");
  // What goes wrong is told by what is read; whoever ends that ends the file too.
  pipeline(createReadStream(file), inflate, () => undefined);
  return new ByteReader(wellFormed(inflate), () => damaged("it ends too early"));
}

/** What the decompressor finds wrong is wrong with the file. */
async function* wellFormed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw isMicroVMError(cause) ? cause : damaged("it cannot be decompressed", cause);
  }
}

async function fill(
  disk: FileHandle,
  o: { reader: ByteReader; hash: Hash; size: number; quota: Quota },
): Promise<void> {
  let pieces = 0;
  let next = 0;
  let roomBytes = 0;
  for (;;) {
    const entry = await readEntry(o.reader, pieceBytes);
    if (entry === undefined) throw damaged("it has no checksum");
    if (entry.name === endName) {
      await checkEnd(entry, { reader: o.reader, pieces, sha256: o.hash.digest("hex") });
      return;
    }
    const offset = pieceOffset(entry.name);
    const { length } = entry.content;
    // In order and without overlap: what comes can never be more than the disk's size.
    if (offset === undefined || offset < next || length === 0 || offset + length > o.size) {
      throw damaged("a piece of its disk is out of place");
    }
    if (roomBytes < length) {
      await o.quota.within(roomMiB, async () => undefined);
      roomBytes = roomMiB * mebibyte;
    }
    roomBytes -= length;
    o.hash.update(entry.name).update(entry.content);
    await disk.write(entry.content, 0, length, offset);
    next = offset + length;
    pieces += 1;
  }
}

async function checkEnd(entry: TarEntry, is: { reader: ByteReader; pieces: number; sha256: string }): Promise<void> {
  const { pieces, sha256 } = parse(exportEnd, entry);
  if (pieces !== is.pieces || sha256 !== is.sha256) throw damaged("it is not what its checksum says");
  if ((await readEntry(is.reader, 0)) !== undefined) throw damaged("there is something after its end");
}

async function expectEntry(reader: ByteReader, name: string, hash: Hash): Promise<TarEntry> {
  const entry = await readEntry(reader, pieceBytes);
  if (entry?.name !== name) throw damaged("it does not begin with the record of a VM");
  hash.update(entry.name).update(entry.content);
  return entry;
}

function parse<T>(schema: z.ZodType<T>, { name, content }: TarEntry): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(content).toString("utf8")));
  } catch (cause) {
    throw damaged(`its ${name} is not one of this version`, cause);
  }
}
