import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { nkeys } from "@nats-io/transport-node";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { collect, metadata, noise, threadConfig } from "./helpers.js";
import { TestServer } from "./nats-server.js";

const STREAMS = ["VIBEWRITER_STATE", "OBJ_VIBEWRITER_STATE"];
const CALLS = ["STREAM.INFO", "STREAM.MSG.GET", "STREAM.PURGE", "STREAM.MSG.DELETE", "DIRECT.GET"];

/** What the README says that a user must be allowed, and nothing else. */
function allowed(agent: string): string[] {
  return [
    `vibewriter.state.${agent}.>`,
    "$O.VIBEWRITER_STATE.>",
    "$JS.API.INFO",
    ...STREAMS.flatMap((stream) => [
      ...CALLS.flatMap((call) => [`$JS.API.${call}.${stream}`, `$JS.API.${call}.${stream}.>`]),
      ...["CREATE", "DELETE"].map((call) => `$JS.API.CONSUMER.${call}.${stream}.>`),
    ]),
  ];
}

describe("a user who shares an account, with the permissions that the README names", () => {
  const user = nkeys.createUser();
  let server: TestServer;
  let nkeyFile: string;

  beforeAll(async () => {
    const key = user.getPublicKey();
    const permissions = { publish: { allow: allowed("ada") }, subscribe: { allow: [`_INBOX_${key}.>`] } };
    const users = ["{ user: operator, password: o }", `{ nkey: ${key}, permissions: ${JSON.stringify(permissions)} }`];
    server = await TestServer.start({ extra: `authorization { users: [${users.join(", ")}] }` });
    nkeyFile = join(server.directory, "ada.nk");
    await writeFile(nkeyFile, user.getSeed(), { mode: 0o600 });
    await using operator = await NatsSaver.fromUrl(server.url.replace("//", "//operator:o@"));
    await operator.setup();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  it("stores, reads, lists, prunes, moves and deletes threads, large values too", async () => {
    await using saver = await NatsSaver.fromUrl(server.url, { agent: "ada", credentials: { nkeyFile } });
    let at: Parameters<NatsSaver["put"]>[0] = threadConfig("t");
    for (const step of [0, 1, 2]) {
      const next = { ...emptyCheckpoint(), id: uuid6(step), channel_values: { text: noise(900_000 + step) } };
      at = await saver.put(at, next, metadata(step), {});
    }
    await saver.putWrites(at, [["a", 1]], "task");
    expect((await saver.getTuple(threadConfig("t")))?.pendingWrites).toHaveLength(1);
    const all = await collect(saver.list(threadConfig("t")));
    expect(all.map(({ metadata }) => metadata?.step)).toEqual([2, 1, 0]);
    expect((await saver.getTuple(all[2]?.config ?? {}))?.checkpoint.id).toBe(all[2]?.checkpoint.id);
    await saver.importThread(saver.exportThread("t"), { as: "copy" });
    expect((await saver.prune({ finished: ["t"], olderThan: 0 })).checkpoints).toBeGreaterThan(0);
    await saver.deleteThread("t");
    expect(await collect(saver.list({}))).toHaveLength(3);
  });

  it("does not write under another name", async () => {
    await using saver = await NatsSaver.fromUrl(server.url, { agent: "bob", credentials: { nkeyFile } });
    const put = saver.put(threadConfig("t"), emptyCheckpoint(), metadata(0), {});
    await expect(put).rejects.toMatchObject({ code: "refused" });
  });

  it("is told what is wrong with a file of credentials", async () => {
    const open = (path: string) => NatsSaver.fromUrl(server.url, { credentials: { nkeyFile: path } });
    const invalid = (text: string) => ({ code: "invalid", message: expect.stringContaining(text) });
    await expect(open(join(server.directory, "missing.nk"))).rejects.toMatchObject(invalid("cannot be read"));
    await expect(open(join(server.directory, "nats.conf"))).rejects.toMatchObject({ code: "invalid" });
    const loose = join(server.directory, "loose.nk");
    await writeFile(loose, user.getSeed());
    await chmod(loose, 0o644);
    await expect(open(loose)).rejects.toMatchObject(invalid("chmod 600"));
    const cut = join(server.directory, "cut.nk");
    await writeFile(cut, Buffer.from(user.getSeed()).toString().slice(0, -1), { mode: 0o600 });
    await expect(open(cut)).rejects.toMatchObject(invalid("seed of an NKey user"));
  });
});
