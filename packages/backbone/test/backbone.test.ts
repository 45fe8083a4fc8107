import { Backbone } from "../src/backbone.js";
import { testBackbone } from "./support/backbone.js";
import { natsBinary, temporaryHome } from "./support/home.js";

beforeAll(async () => {
  process.env.NATS_SERVER_BIN = (await natsBinary()).path;
});

test("what one owner wrote, the next one reads", async () => {
  await using home = await temporaryHome();
  const first = await Backbone.open({ home: home.path });
  await first.events.append("run", "n", 1);
  const event = { subject: "kb.publish.new", payload: 1 };
  await (await first.effects("VIBEWRITER_EFFECTS", ["kb.publish.new"])).publishEffect("k", event);
  await first.close();
  await first.close();
  await expect(first.events.append("run", "n", 2)).rejects.toMatchObject({ code: "closed" });

  await using second = await Backbone.open({ home: home.path });
  const effects = await second.effects("VIBEWRITER_EFFECTS", ["kb.publish.new"]);
  expect((await effects.publishEffect("k", { ...event, payload: 2 })).first).toBe(false);
  expect(await second.events.append("run", "n", 2)).toBeGreaterThan(1);
});

test("an external server by URL, with credentials in it; a wrong one is told in a sentence", async () => {
  await using bb = await testBackbone();
  const { user, password } = bb.backbone.server?.credentials ?? { user: "", password: "" };
  const address = bb.backbone.server?.url.replace("nats://", "");
  await using client = await Backbone.open({ home: bb.home, url: `nats://${user}:${password}@${address}` });
  expect(client.server).toBe(undefined);
  expect(client.tier).toBe(bb.backbone.tier);
  await client.events.append("external", "n", 1);

  const wrong = Backbone.open({ home: bb.home, url: `nats://${user}:wrong@${address}` });
  await expect(wrong).rejects.toMatchObject({ code: "refused" });
  await expect(Backbone.open({ home: bb.home, url: "nats://127.0.0.1:1" })).rejects.toThrow("Cannot connect to NATS");
  await expect(Backbone.open({ home: bb.home, url: "http://:x:y" })).rejects.toMatchObject({ code: "invalid" });
});

test("a NATS_SERVER_BIN that is none is told in a sentence", async () => {
  await using home = await temporaryHome();
  const before = process.env.NATS_SERVER_BIN;
  process.env.NATS_SERVER_BIN = "/nowhere/nats-server";
  try {
    await expect(Backbone.open({ home: home.path })).rejects.toMatchObject({ code: "no_server" });
  } finally {
    if (before === undefined) delete process.env.NATS_SERVER_BIN;
    else process.env.NATS_SERVER_BIN = before;
  }
});
