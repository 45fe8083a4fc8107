import { randomBytes } from "node:crypto";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { isDiskFull } from "../../src/disk-full.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

const MiB = 1024 * 1024;
const STREAM = "OBJ_VIBEWRITER_FILES";

async function nuidOf(sha256: string): Promise<string> {
  const objects = await new Objm(bb.backbone.connection).open("VIBEWRITER_FILES");
  return (await objects.info(`sha256/${sha256}`))?.nuid ?? "";
}

test.each(["lost", "changed"])(
  "content with a %s chunk is named, other files stay readable, and a put heals it",
  async (how) => {
    const { files, connection } = bb.backbone;
    const content = randomBytes(3 * MiB);
    const { sha256 } = await files.put(`damaged/${how}`, content);
    await files.put(`damaged/${how}/copy`, content);
    await files.put(`whole/${how}`, randomBytes(MiB));
    const jsm = await jetstreamManager(connection);
    const subject = `$O.VIBEWRITER_FILES.C.${await nuidOf(sha256)}`;
    await jsm.streams.purge(STREAM, { filter: subject, keep: 5 });
    if (how === "changed") await jetstream(connection).publish(subject, randomBytes(512 * 1024));
    await expect(files.get(`damaged/${how}`)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(`"damaged/${how}"`),
    });
    expect((await files.get(`whole/${how}`))?.length).toBe(MiB);
    expect((await files.list(`damaged/${how}`)).length).toBe(2);
    await files.put(`damaged/${how}/anew`, content);
    expect(Buffer.compare((await files.get(`damaged/${how}`)) ?? Buffer.alloc(0), content)).toBe(0);
    expect(Buffer.compare((await files.get(`damaged/${how}/copy`)) ?? Buffer.alloc(0), content)).toBe(0);
  },
);

test("without space for it nothing of a file is stored, the error says so, and the rest is readable", async () => {
  const { files, connection } = bb.backbone;
  await files.put("before", Buffer.from("before"));
  const jsm = await jetstreamManager(connection);
  const { config, state } = await jsm.streams.info(STREAM);
  await jsm.streams.update(STREAM, { ...config, max_bytes: state.bytes + 2 * MiB });
  try {
    const error = await files.put("too much", randomBytes(8 * MiB)).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "BackboneError", code: "unavailable" });
    expect(isDiskFull(error)).toBe(true);
    expect(await files.stat("too much")).toBe(undefined);
    expect(Buffer.from((await files.get("before")) ?? "").toString()).toBe("before");
  } finally {
    await jsm.streams.update(STREAM, { ...config, max_bytes: -1 });
  }
  expect((await files.put("too much", randomBytes(8 * MiB))).size).toBe(8 * MiB);
}, 60_000);
