import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { promisify } from "node:util";

const blockBytes = 4_096;
/** Debian keeps it out of an ordinary user's PATH. */
const searchPath = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const lookMs = 60_000;
const maxListBytes = 67_108_864;

export interface Piece {
  offset: number;
  bytes: Uint8Array;
}

/** What a sparse file holds besides zeros, in order, in pieces of at most `maxBytes`. */
export async function* piecesOf(path: string, maxBytes: number): AsyncGenerator<Piece> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const zeros = Buffer.alloc(maxBytes);
    for (const { from, to } of await extentsOf(path, size)) {
      for (let offset = from; offset < to; offset += maxBytes) {
        const bytes = Buffer.alloc(Math.min(maxBytes, to - offset));
        await file.read(bytes, 0, bytes.length, offset);
        if (!bytes.equals(zeros.subarray(0, bytes.length))) yield { offset, bytes };
      }
    }
  } finally {
    await file.close();
  }
}

/**
 * Where a file has blocks: Node cannot ask for that, `filefrag` of the same e2fsprogs that makes the disks can. Where it cannot, on tmpfs
 * for one, all of the file is looked at, which only takes longer.
 */
async function extentsOf(path: string, size: number): Promise<{ from: number; to: number }[]> {
  const whole = [{ from: 0, to: size }];
  try {
    const args = ["-s", "-v", `-b${blockBytes}`, path];
    const options = { timeout: lookMs, maxBuffer: maxListBytes, env: { PATH: searchPath, LC_ALL: "C" } };
    const { stdout } = await promisify(execFile)("filefrag", args, options);
    // "   0:        0..      31:      34816..     34847:     32:"
    const found = [...stdout.matchAll(/^\s*\d+:\s*(\d+)\.\.\s*(\d+):/gm)];
    if (!/ extents? found$/m.test(stdout)) return whole;
    return found.map(([, first, last]) => ({
      from: Number(first) * blockBytes,
      to: Math.min(size, (Number(last) + 1) * blockBytes),
    }));
  } catch {
    // It is not installed, or the file system does not know.
    return whole;
  }
}
