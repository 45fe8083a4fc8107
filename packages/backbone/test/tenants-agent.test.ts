import { join } from "node:path";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { NatsSaver } from "../../langgraph-nats/src/saver.js";
import { NatsStore } from "../../langgraph-nats/src/store/store.js";
import { eraseAccount } from "../src/tenants/erase.js";
import { type TestTenants, testTenants } from "./support/tenants.js";

let t: TestTenants;
let url: string;
const credentials = (user: string) => ({ nkeyFile: join(t.home, "acme", `${user}.nk`) });

beforeAll(async () => {
  t = await testTenants();
  await t.tenants.add("acme", { folder: join(t.home, "acme") });
  await t.tenants.addUser("acme", { user: "ada", role: "agent", agent: "ada", folder: join(t.home, "acme") });
  url = t.as("acme", "ada").url;
});
afterAll(() => t[Symbol.asyncDispose]());

describe("an agent's credentials", () => {
  test("are all that a graph with a saver and a store needs", async () => {
    await using saver = await NatsSaver.fromUrl(url, { agent: "ada", credentials: credentials("ada") });
    await using store = await NatsStore.fromUrl(url, { agent: "ada", credentials: credentials("ada") });
    await saver.setup();
    await store.setup();
    const State = Annotation.Root({ visits: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }) });
    const graph = new StateGraph(State)
      .addNode("visit", () => ({ visits: 1 }))
      .addEdge(START, "visit")
      .addEdge("visit", END)
      .compile({ checkpointer: saver, store });
    const config = { configurable: { thread_id: "my thread" } };
    await graph.invoke({}, config);
    expect((await graph.invoke({}, config)).visits).toBe(2);
    const history = [];
    for await (const tuple of saver.list(config)) history.push(tuple);
    expect(history.length).toBeGreaterThan(3);
    const [newest] = history;
    await saver.putWrites(newest?.config ?? {}, [["visits", 1]], "task");
    // By its id: not only what stands last on its subject.
    expect((await saver.getTuple(history[1]?.config ?? {}))?.checkpoint.id).toBe(history[1]?.checkpoint.id);
    expect((await saver.getTuple(newest?.config ?? {}))?.pendingWrites).toEqual([["task", "visits", 1]]);

    const large = { ...emptyCheckpoint(), id: uuid6(9), channel_values: { text: "x".repeat(900_000) } };
    await saver.put(
      { configurable: { thread_id: "large", checkpoint_ns: "" } },
      large,
      { source: "input", step: 0, parents: {} },
      {},
    );
    const read = await saver.getTuple({ configurable: { thread_id: "large" } });
    expect(read?.checkpoint.channel_values).toEqual(large.channel_values);
    await saver.deleteThread("large");
    expect(await saver.getTuple({ configurable: { thread_id: "large" } })).toBe(undefined);

    await store.put(["notes"], "k", { text: "kept" });
    expect((await store.search(["notes"])).map(({ value }) => value)).toEqual([{ text: "kept" }]);
  });

  test("write under no other agent's name, and know nothing of what others have", async () => {
    await using mistyped = await NatsSaver.fromUrl(url, { agent: "bob", credentials: credentials("ada") });
    const put = mistyped.put(
      { configurable: { thread_id: "t", checkpoint_ns: "" } },
      emptyCheckpoint(),
      { source: "input", step: 0, parents: {} },
      {},
    );
    await expect(put).rejects.toMatchObject({ code: "refused" });
    await using worker = await NatsSaver.fromUrl(url, { agent: "ada", credentials: credentials("operator") });
    await worker.setup();
    // The same name in the tenant's account is another thread.
    expect(await worker.getTuple({ configurable: { thread_id: "my thread" } })).toBe(undefined);
  });

  test("are refused when they are unusable or revoked, in a sentence that says what to do", async () => {
    const open = (user: string) => NatsSaver.fromUrl(url, { agent: "ada", credentials: credentials(user) });
    await expect(open("nobody")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("nobody.nk"),
    });
    const twice = NatsSaver.fromUrl(url.replace("//", "//a:b@"), { credentials: credentials("ada") });
    await expect(twice).rejects.toThrow("leave one of them out");
    await t.tenants.revokeUser("acme", "ada");
    await expect(open("ada")).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("ada.nk") });
  });

  test("find what they had when they are made anew; a purge of the tenant takes it along", async () => {
    await t.tenants.addUser("acme", { user: "ada-2", role: "agent", agent: "ada", folder: join(t.home, "acme") });
    await using saver = await NatsSaver.fromUrl(url, { agent: "ada", credentials: credentials("ada-2") });
    expect((await saver.getTuple({ configurable: { thread_id: "my thread" } }))?.checkpoint.channel_values.visits).toBe(
      2,
    );
    const { agents } = await t.tenants.revoke("acme");
    expect(agents).toEqual(["ada"]);
    let streams = 0;
    const erase = async (nkeyFile: string) => {
      streams = await eraseAccount({ url, credentials: { nkeyFile } }, agents);
    };
    await t.tenants.purge("acme", { folder: t.home, erase });
    expect(streams).toBe(6); // Two of the operator above, and all four of the agent.
    await t.tenants.add("acme", { folder: join(t.home, "anew") });
    await t.tenants.addUser("acme", { user: "ada", role: "agent", agent: "ada", folder: join(t.home, "anew") });
    const nkeyFile = join(t.home, "anew", "ada.nk");
    await using empty = await NatsSaver.fromUrl(url, { agent: "ada", credentials: { nkeyFile } });
    await empty.setup();
    expect(await empty.getTuple({ configurable: { thread_id: "my thread" } })).toBe(undefined);
  });
});
