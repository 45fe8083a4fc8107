import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { MicroVMError } from "../errors.js";

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Node has Zstandard since 22.15. */
const { createZstdCompress, createZstdDecompress } = zlib as {
  createZstdCompress?: () => Transform;
  createZstdDecompress?: () => Transform;
};

/** Zstandard where Node has it, else gzip at its fastest: a disk is large, and mostly text and programs. */
export function compressor(): Transform {
  return createZstdCompress?.() ?? zlib.createGzip({ level: 1 });
}

/** By how a file begins; undefined: by nothing that an export is compressed with. Throws MicroVMError `requirement_missing`. */
export function decompressor(beginning: Uint8Array): Transform | undefined {
  if (gzipMagic.equals(beginning.subarray(0, gzipMagic.length))) return zlib.createGunzip();
  if (!zstdMagic.equals(beginning.subarray(0, zstdMagic.length))) return undefined;
  if (createZstdDecompress !== undefined) return createZstdDecompress();
  const text = "The file is compressed with Zstandard, which this Node does not know; use Node 22.15 or newer.";
  throw new MicroVMError("requirement_missing", text);
}
