// Moves one file into the store or out of it and prints {rate (MiB/s), peak (MiB of resident memory)}:
// node move-file.mjs URL store|client put|get MIB
import { randomBytes } from "node:crypto";
import { Objm, StorageType, setSha256Backend } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";
import { FileStore } from "../../packages/backbone/dist/files/file-store.js";
import { Link } from "../../packages/backbone/dist/link/link.js";

const [url, how, way, mebibytes] = process.argv.slice(2);
const MiB = 1024 * 1024;
const connection = await connect({ servers: url });
const key = `bench/${how}/${mebibytes}`;
const contender = how === "store" ? await ours() : await theirs();

const started = performance.now();
await contender[way]();
const seconds = (performance.now() - started) / 1000;
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ rate: Number(mebibytes) / seconds, peak }));
await connection.close();

async function ours() {
  const files = await FileStore.open(await Link.over(connection));
  return {
    put: () => files.put(key, content()),
    get: async () => count(files.stream(key)),
  };
}

/** As it is used best: the native SHA-256 and chunks of 512 KiB. */
async function theirs() {
  setSha256Backend("native");
  const objects = await new Objm(connection).create("BENCH", { storage: StorageType.File });
  return {
    put: () => objects.put({ name: key, options: { max_chunk_size: 512 * 1024 } }, ReadableStream.from(content())),
    get: async () => count((await objects.get(key)).data),
  };
}

/** Bytes that no two blocks have in common, in the parts that files are read in. */
async function* content() {
  const block = randomBytes(MiB);
  for (let part = 0; part < Number(mebibytes) * 16; part++) {
    block.writeUInt32LE(part, (part % 16) * 65_536);
    yield Buffer.from(block.subarray((part % 16) * 65_536, ((part % 16) + 1) * 65_536));
  }
}

async function count(parts) {
  let bytes = 0;
  for await (const part of parts) bytes += part.length;
  if (bytes !== Number(mebibytes) * MiB) throw new Error(`${bytes} bytes came back.`);
}
