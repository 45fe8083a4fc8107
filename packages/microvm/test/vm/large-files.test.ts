import { createHash } from "node:crypto";
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { template, temporaryHome } from "../support/home.js";

const mebibyte = 1_048_576;
/** More than the VM's memory can hold, which is 256 MiB. */
const size = 320 * mebibyte;
const pieceBytes = 1_000_003;

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "large", template, diskMiB: 512 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

/** Pieces that differ, `size` bytes in all, of which each asking gives the same. */
async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += pieceBytes) {
    yield Buffer.alloc(Math.min(pieceBytes, size - at), `piece ${at} `);
  }
}

/** Hands bytes on, adds them to a hash and notes the most memory that this process had meanwhile. */
class Meter {
  readonly hash = createHash("sha256");
  readonly #before = process.memoryUsage().rss;
  #most = 0;

  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      this.hash.update(bytes);
      this.#most = Math.max(this.#most, process.memoryUsage().rss - this.#before);
      yield bytes;
    }
  }

  get grownMiB(): number {
    return this.#most / mebibyte;
  }
}

test("a file larger than the VM's memory goes in and out whole, and neither side keeps it in memory", async () => {
  const written = new Meter();
  await vm.files.writeStream("/workspace/large", () => written.through(pieces()), { parents: true });
  const read = new Meter();
  let received = 0;
  for await (const bytes of read.through(vm.files.readStream("/workspace/large"))) received += bytes.length;
  expect(received).toBe(size);
  expect(read.hash.digest("hex")).toBe(written.hash.digest("hex"));
  expect(written.grownMiB).toBeLessThan(100);
  expect(read.grownMiB).toBeLessThan(100);
}, 180_000);

test("a part of it is read from where it begins, and a reader may leave early", async () => {
  const offset = 100 * mebibyte;
  const part: Uint8Array[] = [];
  for await (const bytes of vm.files.readStream("/workspace/large", { offset, length: 3_000_000 })) part.push(bytes);
  expect(Buffer.concat(part).equals(await vm.files.read("/workspace/large", { offset, length: 3_000_000 }))).toBe(true);
  for await (const bytes of vm.files.readStream("/workspace/large")) {
    expect(bytes.length).toBeGreaterThan(0);
    break;
  }
  expect(await vm.ping()).toBeGreaterThan(0);
});

test("a slow reader holds the guest up, and calls beside it are answered meanwhile", async () => {
  const reading = vm.files.readStream("/workspace/large");
  await reading.next();
  const { size: told } = await vm.files.stat("/workspace/large");
  expect(told).toBe(size);
  await reading.return(undefined);
});

test("what is not there, and a source that fails, change nothing", async () => {
  await expect(vm.files.readStream("/workspace/absent").next()).rejects.toMatchObject({ code: "not_found" });
  const failing = async function* () {
    yield Buffer.alloc(3 * mebibyte);
    throw new Error("unplugged");
  };
  await expect(vm.files.writeStream("/workspace/half", failing)).rejects.toThrow("unplugged");
  await expect(vm.files.stat("/workspace/half")).rejects.toMatchObject({ code: "not_found" });
  const { entries } = await vm.files.list("/workspace");
  expect(entries.map(({ name }) => name)).toEqual(["large"]);
});
