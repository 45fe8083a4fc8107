import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Machines, openRuns, openTrail } from "@vibewriter/agent";
import { Backbone } from "@vibewriter/backbone";
import { Choir, KeyPair, Ledger } from "@vibewriter/choir";
import { createApp, type Services } from "../../src/app.js";
import { backboneService } from "../../src/backbone/service.js";
import { VibewriterClient } from "../../src/client.js";
import { HomeData } from "../../src/data/home-data.js";
import { HomeEmbedder, type HomeEmbedderOptions } from "../../src/embedder/home-embedder.js";
import { ServerError } from "../../src/errors.js";
import { Follows } from "../../src/follows/follows.js";
import { homePaths, makeHome } from "../../src/home.js";
import { IdleTimer } from "../../src/idle.js";
import { Listener } from "../../src/listener.js";
import { Log } from "../../src/log.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { Runs } from "../../src/runs.js";
import { SecretStore } from "../../src/secrets/secret-store.js";
import { HomeTenants } from "../../src/tenants/home-tenants.js";
import { useNatsServer } from "./nats-server.js";
import { tempHome } from "./temp-home.js";
import { testDriver } from "./test-driver.js";

export type TestApi = Awaited<ReturnType<typeof openTestApi>>;

/** What its webhooks are signed with. */
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/**
 * The API of a real socket, nats-server, knowledge base and scheduler; only the agent is not there.
 * @param o.home one that somebody else removes
 */
export async function openTestApi(o: { embedder?: Partial<HomeEmbedderOptions>; home?: string } = {}) {
  const home = o.home === undefined ? await tempHome() : { path: o.home, [Symbol.asyncDispose]: async () => undefined };
  const paths = homePaths(home.path);
  makeHome(paths);
  await useNatsServer();
  const backbone = await Backbone.open({ home: home.path });
  const choir = await Choir.open({ backbone, path: join(home.path, "choir.sqlite") });
  const ledger = await Ledger.open({ backbone, choir, path: join(home.path, "ledger.sqlite") });
  const log = new Log(join(home.path, "log"));
  const idle = new IdleTimer(1e6, () => undefined);
  const embedder = await HomeEmbedder.open({
    index: paths.index,
    choicePath: paths.embedder,
    ...{ embedder: undefined, url: undefined, key: undefined, env: {}, log },
    hold: () => idle.hold(),
    ...o.embedder,
  });
  embedder.start(choir);
  const driver = await testDriver(backbone);
  const machines: Machines = {
    isolation: "emulated",
    sandbox: "microvm",
    requireKeys: () => undefined,
    extractor: () => () => Promise.reject(new Error("Nothing is read here.")),
    backend: () => Promise.reject(new Error("There are no machines here.")),
    files: () => Promise.reject(new Error("There are no machines here.")),
  };
  const { drive } = driver;
  const { secrets } = backbone;
  const store = await SecretStore.open({ folder: join(home.path, "keys"), secrets });
  const trail = await openTrail({ home: home.path, backbone });
  const open = await openRuns({ home: home.path, backbone, choir, machines, capacity: 2, version: "0", drive, trail });
  const noVms = { list: () => ({ vms: [], weaknesses: [] }), destroy: async () => undefined };
  const data = new HomeData({ data: open.data, vms: noVms });
  const runs = new Runs({ runs: open, idle, home: home.path, minFreeBytes: 0 });
  const follows = await Follows.open({
    backbone,
    choir,
    host: "test",
    webhookSecret: WEBHOOK_SECRET,
    log,
    waits: [50],
  });
  const notes = join(home.path, "bees.md");
  await writeFile(notes, "# Bees\n\nBees live in cities.\n");
  const services: Services = {
    health: async () => ({
      version: "0",
      pid: 1,
      home: home.path,
      state: "ready",
      step: "",
      production: false,
      activeRuns: runs.active,
      nats: null,
    }),
    runs: () => runs,
    conversations: () => runs,
    questions: () => runs,
    choir: () => choir,
    data: () => data,
    secrets: () => store,
    audit: () => trail,
    authors: () => open.authors,
    embedder: () => embedder,
    ledger: () => ledger,
    files: () => backbone.files,
    skills: () => open.skills,
    memory: () => open.memory,
    agentCitations: () => open.agentCitations,
    extract:
      () =>
      async ({ bytes }) => ({ text: new TextDecoder().decode(bytes) }),
    vms: () => {
      throw new ServerError("not_ready", "Not here.");
    },
    images: () => {
      throw new ServerError("not_ready", "Not here.");
    },
    backbone: () => backboneService({ home: home.path, backbone, runs, authors: open.authors, store, trail }),
    notifier: () => {
      throw new ServerError("not_ready", "Not here.");
    },
    follows: () => follows,
    deadLetters: () => backbone.deadLetters,
    top: () => {
      throw new ServerError("not_ready", "Not here.");
    },
    metrics: new Metrics({ backbone: () => backbone, vms: () => undefined, runs: () => runs.list() }),
    tenants: () => new HomeTenants({ backbone, home: home.path }),
    stop: () => undefined,
    log,
  };
  const { socket } = paths;
  const listener = await Listener.open(createApp(services), async (_, stream) => void stream.destroy(), socket, idle);
  return {
    home: home.path,
    socket,
    driver,
    backbone,
    trail,
    store,
    choir,
    authors: open.authors,
    /** Signs for an author whose key is not in the home. */
    ada: KeyPair.generate(),
    /** A request for a run; the file that it gives says nothing. */
    ask: (request: string) => ({ request, sources: [notes], out: join(home.path, "out") }),
    client: new VibewriterClient(socket),
    async [Symbol.asyncDispose]() {
      for (const part of [listener, follows, runs, trail, ledger, embedder, choir, backbone, log, home])
        await part[Symbol.asyncDispose]();
      idle[Symbol.dispose]();
    },
  };
}
