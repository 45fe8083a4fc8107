import { rm } from "node:fs/promises";
import type { Ledger } from "@vibewriter/choir";
import type { Health } from "./api.js";
import { createApp } from "./app.js";
import { backboneService } from "./backbone/service.js";
import { endJanitor } from "./clean-up.js";
import { messageOf, ServerError } from "./errors.js";
import { HomeParts } from "./home-parts.js";
import { IdleTimer } from "./idle.js";
import { Janitor } from "./janitor.js";
import { Listener } from "./listener.js";
import { Metrics } from "./metrics/metrics.js";
import { MetricsPort } from "./metrics/port.js";
import { Opened } from "./opened.js";
import { writeOwnerFile } from "./owner-file.js";
import type { OwnerOptions } from "./owner-options.js";
import { identify } from "./process-identity.js";
import { serveSession } from "./sessions/serve.js";
import type { SessionHandler } from "./sessions/upgrade.js";
import { HomeTenants } from "./tenants/home-tenants.js";
import { VERSION } from "./version.js";

/** Everything one home has: NATS, VMs, the index, the runs, and the socket through which clients reach them. */
export class Owner implements AsyncDisposable {
  readonly #o: OwnerOptions;
  readonly #idle: IdleTimer;
  readonly #opened: Opened;
  readonly #metrics = new Metrics({
    backbone: () => this.#parts.backbone,
    vms: () => this.#parts.vms?.list().vms,
    runs: () => this.#parts.runs?.list(),
  });
  readonly #parts: HomeParts;
  #state: Health["state"] = "starting";
  #step = "Starting the server";

  /** The caller has the owner's lock of the home. */
  constructor(o: OwnerOptions) {
    this.#o = o;
    this.#opened = new Opened(o.log);
    this.#idle = new IdleTimer(o.config.idleSeconds * 1000, () => void this.#endUnlessServing());
    if (o.pool) this.#idle.hold();
    const onStep = (step: string) => {
      this.#step = step;
    };
    this.#parts = new HomeParts({ ...o, opened: this.#opened, idle: this.#idle, metrics: this.#metrics, onStep });
  }

  /** Clears what a dead owner left and opens everything; clients can ask how far it is from the first moment. */
  async open(): Promise<void> {
    using _hold = this.#idle.hold();
    await endJanitor(this.#o.paths.owner);
    const janitor = this.#opened.keep("janitor", await Janitor.start(this.#o.paths.home, this.#o.config.idleSeconds));
    const owner = await identify(process.pid);
    if (!owner) throw new ServerError("internal", "The server cannot read /proc; mount it and try again.");
    await writeOwnerFile(this.#o.paths.owner, { owner, janitor: janitor.identity });
    const app = createApp({
      health: async () => this.#health(),
      runs: () => this.#ready(this.#parts.runs),
      conversations: () => this.#ready(this.#parts.runs),
      questions: () => this.#ready(this.#parts.runs),
      choir: () => this.#ready(this.#parts.choir),
      data: () => this.#ready(this.#parts.data),
      secrets: () => this.#o.store,
      audit: () => this.#ready(this.#parts.trail),
      authors: () => this.#ready(this.#parts.authors),
      ledger: () => this.#ledgerService(),
      embedder: () => this.#ready(this.#parts.embedder),
      vms: () => this.#ready(this.#parts.vms),
      images: () => this.#ready(this.#parts.images),
      metrics: this.#metrics,
      top: () => this.#ready(this.#parts.overview),
      backbone: () =>
        backboneService({
          backbone: this.#ready(this.#parts.backbone),
          runs: this.#ready(this.#parts.runs),
          authors: this.#ready(this.#parts.authors),
          trail: this.#ready(this.#parts.trail),
          store: this.#o.store,
          home: this.#o.paths.home,
        }),
      notifier: () => this.#ready(this.#parts.notifier),
      follows: () => this.#ready(this.#parts.follows),
      tenants: () => new HomeTenants({ backbone: this.#ready(this.#parts.backbone), home: this.#o.paths.home }),
      deadLetters: () => this.#ready(this.#parts.backbone).deadLetters,
      files: () => this.#ready(this.#parts.backbone).files,
      skills: () => this.#ready(this.#parts.skills),
      memory: () => this.#ready(this.#parts.memory),
      agentCitations: () => this.#ready(this.#parts.agentCitations),
      extract: () => this.#ready(this.#parts.extract),
      stop: () => setImmediate(this.#o.onEnd, "asked to stop"),
      log: this.#o.log,
    });
    const session: SessionHandler = (id, stream) => serveSession(stream, () => this.#ready(this.#parts.vms).get(id));
    this.#opened.keep("socket", await Listener.open(app, session, this.#o.paths.socket, this.#idle));
    const { metricsPort } = this.#o.config;
    if (metricsPort !== undefined) this.#opened.keep("metrics", await MetricsPort.open(metricsPort, this.#metrics));
    await this.#parts.open();
    this.#state = "ready";
    this.#step = "Ready";
  }

  /** Ends runs (they can be resumed), VMs, the index, nats-server and the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = "stopping";
    this.#idle[Symbol.dispose]();
    await this.#opened[Symbol.asyncDispose]();
    await rm(this.#o.paths.run, { recursive: true, force: true });
  }

  /** Nobody has asked this home for a while; but the workers and clients of its tenants, if it has any, ask its nats-server. */
  async #endUnlessServing(): Promise<void> {
    // Counts anew from the end of this, unless the process ends.
    using _hold = this.#idle.hold();
    try {
      const tenants = (await this.#parts.backbone?.tenants?.list()) ?? [];
      if (tenants.some(({ revokedAt }) => revokedAt === undefined)) return;
    } catch (error) {
      this.#o.log.write("error", "tenants not read", { error: messageOf(error) });
      return;
    }
    this.#o.onEnd("idle");
  }

  #ledgerService(): Ledger {
    if (!this.#ready(this.#parts.choir).isShared) return this.#ready(this.#parts.ledger);
    throw new ServerError(
      "ledger_elsewhere",
      "This home shares its knowledge base with tenants, and a shared one has no ledger yet: to stake and to earn, publish in a home without tenants.",
    );
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
      home: this.#o.paths.home,
      state: this.#state,
      step: this.#step,
      production: this.#o.config.production,
      activeRuns: this.#parts.runs?.active ?? 0,
      nats: this.#parts.backbone
        ? { tier: this.#parts.backbone.tier, pid: this.#parts.backbone.server?.pid ?? null }
        : null,
    };
  }
}
