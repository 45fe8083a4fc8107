import { rm } from "node:fs/promises";
import {
  AgentBridge,
  AgentVMs,
  CheckpointJanitor,
  LIST_PRICES,
  type OpenRuns,
  openRuns,
  openTrail,
  type WorkerEvent,
  workTemplate,
} from "@vibewriter/agent/host";
import { type AuditTrail, Backbone, type Secrets } from "@vibewriter/backbone";
import { Choir, type ChoirOptions, type Keystore, Ledger, serveSearch } from "@vibewriter/choir";
import type { TextExtractor } from "@vibewriter/evidence";
import { type EgressGateway, MicroVMs } from "@vibewriter/microvm";
import type { Health } from "./api.js";
import { createApp } from "./app.js";
import { authorsIn, backUpHome } from "./backbone/back-up-home.js";
import { verifyAll } from "./backbone/verify-all.js";
import { endJanitor } from "./clean-up.js";
import type { Config } from "./config.js";
import { openGateway, type UpstreamKeys } from "./egress.js";
import type { SearchKeys } from "./embedder/config.js";
import { HomeEmbedder } from "./embedder/home-embedder.js";
import { messageOf, ServerError } from "./errors.js";
import { FileSweeper } from "./files/sweeper.js";
import { Follows } from "./follows/follows.js";
import type { HomePaths } from "./home.js";
import { IdleTimer } from "./idle.js";
import { Janitor } from "./janitor.js";
import type { Keys } from "./keys.js";
import { Listener } from "./listener.js";
import { Log } from "./log.js";
import { Metrics } from "./metrics/metrics.js";
import { MetricsPort } from "./metrics/port.js";
import { Backups } from "./migrations/backups.js";
import { HomeState } from "./migrations/home-state.js";
import { connectionOf } from "./nats.js";
import type { NotifySecrets } from "./notify/config.js";
import { Notifier } from "./notify/notifier.js";
import { writeOwnerFile } from "./owner-file.js";
import { identify } from "./process-identity.js";
import type { BackboneService } from "./routes/backbone.js";
import type { ImageService } from "./routes/images.js";
import type { VmService } from "./routes/vms.js";
import { Runs } from "./runs.js";
import { machinesOf } from "./sandboxes.js";
import { serveSession } from "./sessions/serve.js";
import type { SessionHandler } from "./sessions/upgrade.js";
import { readSetup } from "./setup-manifest.js";
import { HomeTenants } from "./tenants/home-tenants.js";
import { Overview } from "./top/overview.js";
import { VERSION } from "./version.js";
import { HomeVms } from "./vms/home-vms.js";

export interface OwnerOptions {
  readonly paths: HomePaths;
  readonly config: Config;
  readonly upstreamKeys: UpstreamKeys;
  readonly notifySecrets: NotifySecrets;
  /** What the authors' keys are encrypted under; absent: a secret that lies beside them. */
  readonly passphrase?: string;
  readonly searchKeys: SearchKeys;
  /** It is a worker of the pool, in the foreground, and nobody's idleness ends it. */
  readonly pool?: PoolWorker;
  readonly log: Log;
  /** What is kept out of all that this process writes down or sends to a service that collects traces. */
  readonly secrets: Secrets;
  /** Asked to end, or idle; called once. */
  readonly onEnd: (why: string) => void;
}

/** A worker that serves the pool with keys of its own. */
export interface PoolWorker {
  readonly keys: Keys;
  /** How many runs it drives at once; default: as the home is configured. */
  readonly runs?: number;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** Everything one home has: NATS, VMs, the index, the runs, and the socket through which clients reach them. */
export class Owner implements AsyncDisposable {
  readonly #paths: HomePaths;
  readonly #config: Config;
  readonly #upstreamKeys: UpstreamKeys;
  readonly #notifySecrets: NotifySecrets;
  readonly #passphrase: string | undefined;
  readonly #searchKeys: SearchKeys;
  readonly #pool: PoolWorker | undefined;
  readonly #log: Log;
  readonly #secrets: Secrets;
  readonly #idle: IdleTimer;
  readonly #end: (why: string) => void;
  /** What has been opened, in that order; closed in the other. */
  readonly #opened: { name: string; resource: AsyncDisposable }[] = [];
  readonly #metrics = new Metrics({
    backbone: () => this.#backbone,
    vms: () => this.#vms?.list().vms,
    runs: () => this.#runs?.list(),
  });
  #backbone: Backbone | undefined;
  #choir: Choir | undefined;
  #embedder: HomeEmbedder | undefined;
  #ledger: Ledger | undefined;
  #vms: VmService | undefined;
  #extract: TextExtractor | undefined;
  #images: ImageService | undefined;
  #runs: Runs | undefined;
  #authors: Keystore | undefined;
  #skills: OpenRuns["skills"] | undefined;
  #notifier: Notifier | undefined;
  #follows: Follows | undefined;
  #overview: Overview | undefined;
  #state: Health["state"] = "starting";
  #step = "Starting the server";

  /** The caller has the owner's lock of the home. */
  constructor(o: OwnerOptions) {
    this.#paths = o.paths;
    this.#config = o.config;
    this.#upstreamKeys = o.upstreamKeys;
    this.#notifySecrets = o.notifySecrets;
    this.#searchKeys = o.searchKeys;
    this.#passphrase = o.passphrase;
    this.#pool = o.pool;
    this.#log = o.log;
    this.#secrets = o.secrets;
    this.#end = o.onEnd;
    this.#idle = new IdleTimer(o.config.idleSeconds * 1000, () => o.onEnd("idle"));
    if (o.pool) this.#idle.hold();
  }

  /** Clears what a dead owner left and opens everything; clients can ask how far it is from the first moment. */
  async open(): Promise<void> {
    using _hold = this.#idle.hold();
    await endJanitor(this.#paths.owner);
    const janitor = this.#keep("janitor", await Janitor.start(this.#paths.home, this.#config.idleSeconds));
    const owner = await identify(process.pid);
    if (!owner) throw new ServerError("internal", "The server cannot read /proc; mount it and try again.");
    await writeOwnerFile(this.#paths.owner, { owner, janitor: janitor.identity });
    const app = createApp({
      health: async () => this.#health(),
      runs: () => this.#ready(this.#runs),
      conversations: () => this.#ready(this.#runs),
      questions: () => this.#ready(this.#runs),
      choir: () => this.#ready(this.#choir),
      authors: () => this.#ready(this.#authors),
      ledger: () => this.#ledgerService(),
      embedder: () => this.#ready(this.#embedder),
      vms: () => this.#ready(this.#vms),
      images: () => this.#ready(this.#images),
      metrics: this.#metrics,
      top: () => this.#ready(this.#overview),
      backbone: () => this.#backboneService(),
      notifier: () => this.#ready(this.#notifier),
      follows: () => this.#ready(this.#follows),
      tenants: () => new HomeTenants({ backbone: this.#ready(this.#backbone), home: this.#paths.home }),
      deadLetters: () => this.#ready(this.#backbone).deadLetters,
      files: () => this.#ready(this.#backbone).files,
      skills: () => this.#ready(this.#skills),
      extract: () => this.#ready(this.#extract),
      stop: () => setImmediate(this.#end, "asked to stop"),
      log: this.#log,
    });
    const session: SessionHandler = (id, stream) => serveSession(stream, () => this.#ready(this.#vms).get(id));
    this.#keep("socket", await Listener.open(app, session, this.#paths.socket, this.#idle));
    const { metricsPort } = this.#config;
    if (metricsPort !== undefined) this.#keep("metrics", await MetricsPort.open(metricsPort, this.#metrics));
    await this.#openParts();
    this.#state = "ready";
    this.#step = "Ready";
  }

  /** Ends runs (they can be resumed), VMs, the index, nats-server and the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = "stopping";
    this.#idle[Symbol.dispose]();
    for (const { name, resource } of this.#opened.reverse()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        // What cannot be closed must not keep the rest open.
        this.#log.write("error", "close failed", { part: name, error: messageOf(error) });
      }
    }
    await rm(this.#paths.run, { recursive: true, force: true });
  }

  async #openParts(): Promise<void> {
    const setup = await readSetup(this.#paths.setup);
    const state = await HomeState.open({
      home: this.#paths.home,
      isEmbedded: this.#config.natsUrl === undefined,
      log: this.#log,
      tell: (step) => {
        this.#step = step;
      },
    });
    this.#step = "Starting nats-server";
    const backbone = await Backbone.open({
      home: this.#paths.home,
      secrets: this.#secrets,
      ...connectionOf(this.#config),
      onEvent: this.#tell("nats"),
    });
    this.#backbone = this.#keep("backbone", backbone);
    if (backbone.warning !== undefined) this.#log.write("warn", "old nats-server", { what: backbone.warning });
    await state.settle(backbone);
    this.#keep("undelivered tasks", await backbone.collectUndelivered());
    this.#step = "Opening the knowledge base";
    const embedder = await this.#openEmbedder();
    this.#choir = this.#keep(
      "choir",
      await Choir.open({
        backbone,
        ...(await embedder.place()),
        qdrant: this.#qdrant(),
        trust: this.#config.economy,
        onEvent: this.#tell("choir"),
      }),
    );
    this.#embedder = this.#keep("embedder", embedder);
    embedder.start(this.#choir);
    const onError = (error: unknown) => this.#log.write("error", "search service", { error: messageOf(error) });
    const served = await serveSearch(backbone, this.#choir, onError);
    if (served) this.#keep("search service", served);
    if (!this.#choir.isShared) this.#ledger = this.#keep("ledger", await this.#openLedger(backbone, this.#choir));
    this.#step = "Opening the microVMs";
    const bridge = new AgentBridge();
    const trail = await this.#openTrail(backbone);
    const vms = await MicroVMs.open({
      home: this.#paths.home,
      image: setup.image,
      qemu: setup.qemu.path,
      production: this.#config.production,
      quotaMiB: this.#config.quotaMiB,
      userLimits: this.#config.userLimits,
      gateway: this.#gateway(bridge, trail),
      onEvent: this.#tell("vms"),
    });
    this.#keep("vms", vms);
    this.#images = vms.images;
    this.#step = "Taking up the runs";
    const machines = this.#keep(
      "agent VMs",
      new AgentVMs(vms, {
        layer: setup.layer.path,
        egress: this.#config.egress,
        idleSeconds: this.#config.vmIdleSeconds,
      }),
    );
    this.#extract = machines.extract;
    const open = await openRuns({
      home: this.#paths.home,
      backbone,
      choir: this.#choir,
      ledger: this.#ledger,
      trail,
      machines: machinesOf(this.#config, { local: machines, skills: setup.layer.skills, home: this.#paths.home }),
      bridge,
      capacity: this.#pool?.runs ?? this.#config.runsAtOnce,
      env: this.#pool?.keys,
      passphrase: this.#passphrase,
      builtInSkills: setup.layer.skills,
      web: { search: this.#config.search, searxngUrl: this.#config.searxngUrl, contact: this.#config.contact },
      version: VERSION,
      researcher: this.#config.researcher,
      policy: this.#config.policy,
      onEvent: (event) => {
        this.#metrics.runs.heard(event);
        this.#tell("runs")(event);
        this.#pool?.onEvent(event);
      },
      telemetry: {
        observer: this.#metrics.runs,
        prices: { ...LIST_PRICES, ...this.#config.prices },
        redact: (text) => this.#secrets.screen(text, "traces"),
      },
    });
    this.#authors = open.authors;
    this.#skills = open.skills;
    const { minFreeBytes } = this.#config;
    const runs = new Runs({ runs: open, idle: this.#idle, home: this.#paths.home, minFreeBytes });
    this.#runs = this.#keep("runs", runs);
    const sweeping = { backbone, runs: () => runs.list(), onEvent: this.#tell("checkpoints") };
    this.#keep("checkpoint janitor", CheckpointJanitor.start(sweeping));
    this.#keep("file sweeper", FileSweeper.start({ files: backbone.files, runs: () => runs.list(), log: this.#log }));
    this.#notifier = this.#keep("notifications", await this.#openNotifier(backbone, runs));
    const { webhookSecret } = this.#notifySecrets;
    const following = { backbone, choir: this.#choir, host: runs.host, webhookSecret, log: this.#log };
    this.#follows = this.#keep("subscriptions", await Follows.open(following));
    const template = workTemplate({ layer: setup.layer.path });
    const backups = new Backups(this.#paths.home);
    this.#vms = new HomeVms({ vms, agents: machines, template, backups, runs: async () => runs.here });
    this.#overview = new Overview({ backbone, runs: open, vms: this.#vms });
  }

  #openLedger(backbone: Backbone, choir: Choir): Promise<Ledger> {
    const { economy } = this.#config;
    return Ledger.open({ backbone, choir, economy, path: this.#paths.ledger, onEvent: this.#tell("ledger") });
  }

  #openEmbedder(): Promise<HomeEmbedder> {
    return HomeEmbedder.open({
      index: this.#paths.index,
      choicePath: this.#paths.embedder,
      embedder: this.#config.embedder,
      url: this.#config.embedderUrl,
      key: this.#searchKeys.embedder,
      env: { ...process.env, ...this.#searchKeys.services },
      hold: () => this.#idle.hold(),
      log: this.#log,
    });
  }

  #qdrant(): ChoirOptions["qdrant"] {
    const { qdrantUrl: url } = this.#config;
    const onError = (error: unknown) => this.#log.write("warn", "qdrant", { error: messageOf(error) });
    return url === undefined ? undefined : { url, apiKey: this.#searchKeys.qdrant, onError };
  }

  #openNotifier(backbone: Backbone, runs: Runs): Promise<Notifier> {
    return Notifier.open({
      backbone,
      home: this.#paths.home,
      host: runs.host,
      config: this.#config.notify,
      secrets: this.#notifySecrets,
      env: process.env,
      run: (id) => runs.get(id),
      log: this.#log,
    });
  }

  async #openTrail(backbone: Backbone): Promise<AuditTrail> {
    const onLoss = (lost: number) => this.#log.write("warn", "audit entries lost", { lost });
    const onFailure = (error: unknown) => this.#log.write("error", "audit not anchored", { error: messageOf(error) });
    const trail = await openTrail({ home: this.#paths.home, backbone, onLoss, onFailure });
    return this.#keep("audit trail", trail);
  }

  #gateway(bridge: AgentBridge, trail: AuditTrail): EgressGateway {
    const audit = this.#keep(
      "egress log",
      new Log(this.#paths.egressLog, { redact: (line) => this.#secrets.screen(line, "egress log") }),
    );
    const { upstreams } = this.#config;
    return openGateway({ upstreams, keys: this.#upstreamKeys, bridge, audit, trail, log: this.#log });
  }

  #keep<T extends AsyncDisposable>(name: string, resource: T): T {
    this.#opened.push({ name, resource });
    this.#log.write("info", "opened", { part: name });
    return resource;
  }

  /** Writes what happens in a part into the log. */
  #tell(part: string): (event: { type: string; run?: string }) => void {
    return ({ type, run, ...fields }) => this.#log.write("info", type, { part, run, fields: JSON.stringify(fields) });
  }

  #ledgerService(): Ledger {
    if (!this.#ready(this.#choir).isShared) return this.#ready(this.#ledger);
    throw new ServerError(
      "ledger_elsewhere",
      "This home shares its knowledge base with tenants, and a shared one has no ledger yet: to stake and to earn, publish in a home without tenants.",
    );
  }

  #backboneService(): BackboneService {
    const backbone = this.#ready(this.#backbone);
    const runs = this.#ready(this.#runs);
    const authors = this.#ready(this.#authors);
    return {
      status: () => backbone.status(),
      backUp: async (folder, o) => {
        const manifest = await backUpHome({ backbone, authors }, folder, o);
        return { ...manifest, authors: authorsIn(manifest) };
      },
      verify: async (o) =>
        verifyAll(
          backbone,
          (await runs.list()).map(({ agentId }) => agentId),
          o,
        ),
    };
  }

  #ready<T>(part: T | undefined): T {
    if (this.#state === "stopping") throw new ServerError("stopping", "The server is ending; run the command again.");
    if (!part || this.#state !== "ready")
      throw new ServerError("not_ready", "The server is still starting; try again in a moment.");
    return part;
  }

  #health(): Health {
    return {
      version: VERSION,
      pid: process.pid,
      home: this.#paths.home,
      state: this.#state,
      step: this.#step,
      production: this.#config.production,
      activeRuns: this.#runs?.active ?? 0,
      nats: this.#backbone ? { tier: this.#backbone.tier, pid: this.#backbone.server?.pid ?? null } : null,
    };
  }
}
