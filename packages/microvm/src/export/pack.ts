import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MicroVMError } from "../errors.js";
import { spaceError } from "../home.js";
import { syncFiles } from "../vm/saved.js";
import { compressor } from "./codec.js";
import { type ExportRecord, endName, pieceBytes, pieceName, recordName } from "./record.js";
import { piecesOf } from "./sparse.js";
import { encodeEntry, endOfTar } from "./tar.js";

/**
 * Writes a VM into one file: a compressed tar of its record, the pieces of its disk that are not zeros, and a checksum. It has its name
 * once it is whole. Throws MicroVMError `exists`, `no_space`.
 */
export async function pack(record: ExportRecord, disk: string, file: string): Promise<void> {
  if (existsSync(file)) {
    throw new MicroVMError("exists", `There is a file ${file} already; remove it or choose another name.`);
  }
  const part = `${file}.part`;
  try {
    const target = createWriteStream(part, { mode: 0o600 });
    await pipeline(Readable.from(tar(record, disk)), compressor(), target);
    await syncFiles([part]);
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    throw spaceError(cause, file);
  }
}

async function* tar(record: ExportRecord, disk: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let pieces = 0;
  const entry = (name: string, content: Uint8Array) => {
    hash.update(name).update(content);
    return encodeEntry({ name, content });
  };
  yield* entry(recordName, Buffer.from(JSON.stringify(record)));
  for await (const { offset, bytes } of piecesOf(disk, pieceBytes)) {
    pieces += 1;
    yield* entry(pieceName(offset), bytes);
  }
  const end = JSON.stringify({ pieces, sha256: hash.digest("hex") });
  yield* encodeEntry({ name: endName, content: Buffer.from(end) });
  yield endOfTar();
}
