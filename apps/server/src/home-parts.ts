import {
  AgentBridge,
  AgentVMs,
  CheckpointJanitor,
  LIST_PRICES,
  type OpenRuns,
  openRuns,
  openTrail,
  workTemplate,
} from "@vibewriter/agent/host";
import { type AuditTrail, Backbone } from "@vibewriter/backbone";
import { Choir, type ChoirOptions, type Keystore, Ledger, serveSearch } from "@vibewriter/choir";
import type { TextExtractor } from "@vibewriter/evidence";
import { type EgressGateway, MicroVMs } from "@vibewriter/microvm";
import { HomeData } from "./data/home-data.js";
import { openGateway } from "./egress.js";
import { HomeEmbedder } from "./embedder/home-embedder.js";
import { endpointsOf } from "./endpoints.js";
import { messageOf } from "./errors.js";
import { FileSweeper } from "./files/sweeper.js";
import { Follows } from "./follows/follows.js";
import type { IdleTimer } from "./idle.js";
import type { Keys } from "./keys.js";
import { Log } from "./log.js";
import type { Metrics } from "./metrics/metrics.js";
import { Backups } from "./migrations/backups.js";
import { HomeState } from "./migrations/home-state.js";
import { connectionOf } from "./nats.js";
import { Notifier } from "./notify/notifier.js";
import type { Opened } from "./opened.js";
import type { OwnerOptions } from "./owner-options.js";
import type { ImageService } from "./routes/images.js";
import type { VmService } from "./routes/vms.js";
import { Runs } from "./runs.js";
import { machinesOf } from "./sandboxes.js";
import { readSetup } from "./setup-manifest.js";
import { Overview } from "./top/overview.js";
import { VERSION } from "./version.js";
import { HomeVms } from "./vms/home-vms.js";

export interface HomePartsOptions extends Omit<OwnerOptions, "onEnd"> {
  readonly opened: Opened;
  readonly idle: IdleTimer;
  readonly metrics: Metrics;
  /** Told what is being opened, as words for a person who waits. */
  readonly onStep: (step: string) => void;
}

/** What a home has beside its socket: each part is there once it has been opened. */
export class HomeParts {
  backbone: Backbone | undefined;
  trail: AuditTrail | undefined;
  data: HomeData | undefined;
  choir: Choir | undefined;
  embedder: HomeEmbedder | undefined;
  ledger: Ledger | undefined;
  vms: VmService | undefined;
  extract: TextExtractor | undefined;
  images: ImageService | undefined;
  runs: Runs | undefined;
  authors: Keystore | undefined;
  skills: OpenRuns["skills"] | undefined;
  memory: OpenRuns["memory"] | undefined;
  agentCitations: OpenRuns["agentCitations"] | undefined;
  notifier: Notifier | undefined;
  follows: Follows | undefined;
  overview: Overview | undefined;
  readonly #o: HomePartsOptions;

  constructor(o: HomePartsOptions) {
    this.#o = o;
  }

  /** Opens all of it, the lower parts first. */
  async open(): Promise<void> {
    const setup = await readSetup(this.#o.paths.setup);
    const state = await HomeState.open({
      home: this.#o.paths.home,
      isEmbedded: this.#o.config.natsUrl === undefined,
      log: this.#o.log,
      tell: this.#o.onStep,
    });
    this.#o.onStep("Starting nats-server");
    const backbone = await Backbone.open({
      home: this.#o.paths.home,
      secrets: this.#o.secrets,
      ...connectionOf(this.#o.config),
      onEvent: this.#tell("nats"),
    });
    this.backbone = this.#o.opened.keep("backbone", backbone);
    if (backbone.warning !== undefined) this.#o.log.write("warn", "old nats-server", { what: backbone.warning });
    await state.settle(backbone);
    this.#o.opened.keep("undelivered tasks", await backbone.collectUndelivered());
    this.#o.onStep("Opening the knowledge base");
    const embedder = await this.#openEmbedder();
    this.choir = this.#o.opened.keep(
      "choir",
      await Choir.open({
        backbone,
        ...(await embedder.place()),
        qdrant: this.#qdrant(),
        trust: this.#o.config.economy,
        onEvent: this.#tell("choir"),
      }),
    );
    this.embedder = this.#o.opened.keep("embedder", embedder);
    embedder.start(this.choir);
    const onError = (error: unknown) => this.#o.log.write("error", "search service", { error: messageOf(error) });
    const served = await serveSearch(backbone, this.choir, onError);
    if (served) this.#o.opened.keep("search service", served);
    if (!this.choir.isShared) this.ledger = this.#o.opened.keep("ledger", await this.#openLedger(backbone, this.choir));
    this.#o.onStep("Opening the microVMs");
    const bridge = new AgentBridge();
    const trail = await this.#openTrail(backbone);
    const gateway = this.#gateway(bridge, trail);
    const vms = await MicroVMs.open({
      home: this.#o.paths.home,
      image: setup.image,
      qemu: setup.qemu.path,
      production: this.#o.config.production,
      quotaMiB: this.#o.config.quotaMiB,
      userLimits: this.#o.config.userLimits,
      gateway,
      onEvent: this.#tell("vms"),
    });
    this.#o.opened.keep("vms", vms);
    this.images = vms.images;
    this.#o.onStep("Taking up the runs");
    const machines = this.#o.opened.keep(
      "agent VMs",
      new AgentVMs(vms, {
        layer: setup.layer.path,
        egress: this.#o.config.egress,
        gateway,
        idleSeconds: this.#o.config.vmIdleSeconds,
      }),
    );
    this.extract = machines.extractor("drafts");
    const open = await openRuns({
      home: this.#o.paths.home,
      backbone,
      choir: this.choir,
      ledger: this.ledger,
      trail,
      machines: machinesOf(this.#o.config, { local: machines, skills: setup.layer.skills, home: this.#o.paths.home }),
      bridge,
      capacity: this.#o.pool?.runs ?? this.#o.config.runsAtOnce,
      env: { ...endpointsOf(this.#o.config), ...this.#o.config.keys, ...this.#o.pool?.keys },
      resolve: (env) => this.#o.store.resolveAll(env),
      passphrase: this.#o.passphrase,
      builtInSkills: setup.layer.skills,
      web: { search: this.#o.config.search, searxngUrl: this.#o.config.searxngUrl, contact: this.#o.config.contact },
      version: VERSION,
      researcher: this.#o.config.researcher,
      defaults: { models: this.#o.config.models, budget: this.#o.config.budget },
      quarantine: this.#o.config.quarantine,
      policy: this.#o.config.policy,
      onEvent: (event) => {
        this.#o.metrics.runs.heard(event);
        this.#tell("runs")(event);
        this.#o.pool?.onEvent(event);
      },
      telemetry: {
        observer: this.#o.metrics.runs,
        prices: { ...LIST_PRICES, ...this.#o.config.prices },
        redact: (text) => this.#o.secrets.screen(text, "traces"),
      },
    });
    this.authors = open.authors;
    this.skills = open.skills;
    this.memory = open.memory;
    this.agentCitations = open.agentCitations;
    const { minFreeBytes, keys } = this.#o.config;
    const check = (given: Keys) => {
      for (const key of Object.values(given)) this.#o.store.resolve(key);
    };
    const runs = new Runs({ runs: open, idle: this.#o.idle, home: this.#o.paths.home, minFreeBytes, keys, check });
    this.runs = this.#o.opened.keep("runs", runs);
    const sweeping = { backbone, runs: () => runs.list(), onEvent: this.#tell("checkpoints") };
    this.#o.opened.keep("checkpoint janitor", CheckpointJanitor.start(sweeping));
    this.#o.opened.keep(
      "file sweeper",
      FileSweeper.start({ files: backbone.files, runs: () => runs.list(), log: this.#o.log }),
    );
    this.notifier = this.#o.opened.keep("notifications", await this.#openNotifier(backbone, runs));
    const { webhookSecret } = this.#o.notifySecrets;
    const following = { backbone, choir: this.choir, host: runs.host, webhookSecret, log: this.#o.log };
    this.follows = this.#o.opened.keep("subscriptions", await Follows.open(following));
    const template = workTemplate({ layer: setup.layer.path });
    const backups = new Backups(this.#o.paths.home);
    this.vms = new HomeVms({ vms, agents: machines, template, backups, runs: async () => runs.here });
    this.data = new HomeData({ data: open.data, vms: this.vms });
    this.overview = new Overview({ backbone, runs: open, vms: this.vms });
  }

  #openLedger(backbone: Backbone, choir: Choir): Promise<Ledger> {
    const { economy } = this.#o.config;
    return Ledger.open({ backbone, choir, economy, path: this.#o.paths.ledger, onEvent: this.#tell("ledger") });
  }

  #openEmbedder(): Promise<HomeEmbedder> {
    return HomeEmbedder.open({
      index: this.#o.paths.index,
      choicePath: this.#o.paths.embedder,
      embedder: this.#o.config.embedder,
      url: this.#o.config.embedderUrl,
      key: this.#o.searchKeys.embedder,
      env: { ...process.env, ...this.#o.searchKeys.services },
      hold: () => this.#o.idle.hold(),
      log: this.#o.log,
    });
  }

  #qdrant(): ChoirOptions["qdrant"] {
    const { qdrantUrl: url } = this.#o.config;
    const onError = (error: unknown) => this.#o.log.write("warn", "qdrant", { error: messageOf(error) });
    return url === undefined ? undefined : { url, apiKey: this.#o.searchKeys.qdrant, onError };
  }

  #openNotifier(backbone: Backbone, runs: Runs): Promise<Notifier> {
    return Notifier.open({
      backbone,
      home: this.#o.paths.home,
      host: runs.host,
      config: this.#o.config.notify,
      secrets: this.#o.notifySecrets,
      env: process.env,
      run: (id) => runs.get(id),
      log: this.#o.log,
    });
  }

  async #openTrail(backbone: Backbone): Promise<AuditTrail> {
    const onLoss = (lost: number) => this.#o.log.write("warn", "audit entries lost", { lost });
    const onFailure = (error: unknown) => this.#o.log.write("error", "audit not anchored", { error: messageOf(error) });
    const trail = await openTrail({ home: this.#o.paths.home, backbone, onLoss, onFailure });
    this.trail = this.#o.opened.keep("audit trail", trail);
    return trail;
  }

  #gateway(bridge: AgentBridge, trail: AuditTrail): EgressGateway {
    const audit = this.#o.opened.keep(
      "egress log",
      new Log(this.#o.paths.egressLog, { redact: (line) => this.#o.secrets.screen(line, "egress log") }),
    );
    const { upstreams } = this.#o.config;
    const keys = {
      get: (name: string) => {
        const key = this.#o.upstreamKeys.get(name) ?? this.#o.config.upstreamKeys[name];
        return key && this.#o.store.find(key);
      },
    };
    return openGateway({ upstreams, keys, bridge, audit, trail, log: this.#o.log });
  }

  /** Writes what happens in a part into the log. */
  #tell(part: string): (event: { type: string; run?: string }) => void {
    return ({ type, run, ...fields }) => this.#o.log.write("info", type, { part, run, fields: JSON.stringify(fields) });
  }
}
