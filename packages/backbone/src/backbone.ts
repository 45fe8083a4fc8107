import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import type { z } from "zod";
import { AuditTrail, type AuditTrailOptions } from "./audit/audit-trail.js";
import { type ConnectionOptions, dial } from "./connection/dial.js";
import { parseServers } from "./connection/servers.js";
import { dialJetStream, refuseTooOld } from "./connection/suitable.js";
import { DeadLetters } from "./dead-letters/dead-letters.js";
import { collectUndelivered } from "./dead-letters/undelivered.js";
import { EffectStream } from "./effects/effect-stream.js";
import { BackboneError } from "./errors.js";
import { FileStore } from "./files/file-store.js";
import { Link } from "./link/link.js";
import { type BackUpOptions, type BackupManifest, backUp, type RestoreOptions, restore } from "./operations/backup.js";
import { type BackboneStatus, statusOf } from "./operations/status.js";
import { type Verification, type VerifyOptions, verify } from "./operations/verify.js";
import type { Projectable, ProjectionHandler } from "./projections/projectable.js";
import { Projection } from "./projections/projection.js";
import { Records } from "./records.js";
import { RunEvents } from "./run-events.js";
import { Secrets } from "./secrets/secrets.js";
import { Served, type ServeOptions } from "./serve/serve.js";
import { findNatsServer, type NatsTier, tierOf, tierWarning } from "./server/nats-binary.js";
import { tenantFiles } from "./server/nats-config.js";
import { NatsServer, type NatsServerEvent } from "./server/nats-server.js";
import { TaskQueue } from "./tasks/task-queue.js";
import { embeddedTenants } from "./tenants/embedded.js";
import type { Tenants } from "./tenants/tenants.js";

export interface BackboneOptions extends Partial<ConnectionOptions> {
  /** Without `url` (`NATS_URL`) a server is started here, with its files in `<home>/nats/`. */
  home: string;
  /** What must not be stored; by default nothing but this server's password, and what can only be a key. */
  secrets?: Secrets;
  onEvent?: (event: NatsServerEvent) => void;
}

/** NATS as the rest of the system sees it: one connection, and what is kept behind it. */
export class Backbone implements AsyncDisposable {
  readonly connection: NatsConnection;
  readonly files: FileStore;
  readonly events: RunEvents;
  /** What could not be dealt with, until a person decides. */
  readonly deadLetters: DeadLetters;
  readonly tasks: TaskQueue;
  /** The embedded server, or `undefined` with an external one. */
  readonly server: NatsServer | undefined;
  /** The tenants of the embedded server; `undefined` while it has none ({@link enableTenants}), and with an external one. */
  readonly tenants: Tenants | undefined;
  readonly #link: Link;
  readonly #home: string | undefined;
  #closed: Promise<void> | undefined;

  private constructor(
    link: Link,
    server: NatsServer | undefined,
    tenants: Tenants | undefined,
    files: FileStore,
    events: RunEvents,
    deadLetters: DeadLetters,
    tasks: TaskQueue,
    home?: string,
  ) {
    this.#home = home;
    this.connection = link.connection;
    this.#link = link;
    this.server = server;
    this.tenants = tenants;
    this.files = files;
    this.events = events;
    this.deadLetters = deadLetters;
    this.tasks = tasks;
  }

  /**
   * Connects, and makes the streams and stores that are missing.
   * @throws BackboneError `no_server` without a nats-server on this machine, `busy` if another process runs the one of
   *   this home; with an external one the errors of {@link dialJetStream}; with both `too_old`
   */
  static async open(o: BackboneOptions): Promise<Backbone> {
    const { server, link } = await reach(o);
    try {
      const tenants = server && (await embeddedTenants(server, runDirOf(o.home)));
      const [files, events, deadLetters, tasks] = await Promise.all([
        FileStore.open(link),
        RunEvents.open(link),
        DeadLetters.open(link),
        TaskQueue.open(link),
      ]);
      return new Backbone(link, server, tenants, files, events, deadLetters, tasks, o.home);
    } catch (error) {
      await link.connection.close();
      await server?.stop();
      throw error;
    }
  }

  /**
   * Makes what a backup holds, in a home or on a server that has none of it yet, and leaves nothing open.
   * @throws BackboneError as {@link Backbone.open}; `corrupt` for a damaged backup, `exists` where something is there already
   */
  static async restore(o: BackboneOptions & RestoreOptions & { folder: string }): Promise<BackupManifest> {
    const { server, link } = await reach(o);
    try {
      return await restore(link, o.folder, o);
    } finally {
      await link.connection.close();
      await server?.stop();
    }
  }

  /** Of the server that is connected: `degraded` means older than 2.12; {@link Backbone.warning} says what that costs. */
  get tier(): NatsTier {
    return tierOf(this.#link.serverVersion);
  }

  /** What is not as it should be with a `degraded` server, for a person; `undefined` with a `full` one. */
  get warning(): string | undefined {
    return tierWarning(this.#link.serverVersion);
  }

  /** Copies that each stream has: 3 in a cluster, 1 on a server of its own. */
  get replicas(): number {
    return this.#link.replicas;
  }

  /** What must not be stored: whoever comes to know a secret registers it here. */
  get secrets(): Secrets {
    return this.#link.secrets;
  }

  /** Typed records in a KV bucket (letters, digits, `-`, `_`), made if it is missing. */
  records<T>(bucket: string, schema: z.ZodType<T>): Promise<Records<T>> {
    return Records.open(this.#link, bucket, schema);
  }

  /** How NATS is, and what it keeps. Throws BackboneError `unavailable`. */
  status(): Promise<BackboneStatus> {
    return statusOf(this.#link);
  }

  /**
   * The stream of this name for effects of these kinds, such as `kb.publish.new` or `citation.new.*` (`*` stands for one
   * token), made if it is missing. Whoever opens a stream names all of its kinds.
   */
  effects(stream: string, kinds: readonly string[]): Promise<EffectStream> {
    return EffectStream.open(this.#link, stream, kinds);
  }

  /** Keeps something up to date with a stream, until it is closed. */
  project<T>(stream: Projectable<T>, handler: ProjectionHandler<T>): Projection<T> {
    return Projection.start({ link: this.#link, deadLetters: this.deadLetters, stream, handler });
  }

  /** Makes dead letters of the tasks that the queue gives up, until the handle is disposed of. */
  collectUndelivered(): Promise<AsyncDisposable> {
    return collectUndelivered(this.#link, this.deadLetters);
  }

  /** Writes everything that NATS keeps into a new folder; see {@link backUp}. */
  backUp(folder: string, o: BackUpOptions = {}): Promise<BackupManifest> {
    return backUp(this.#link, folder, o);
  }

  /** Reads and checks everything of this package that NATS keeps; see {@link verify}. */
  verify(o: VerifyOptions = {}): Promise<Verification> {
    return verify(this.#link, this.files, o);
  }

  /** Opens the trail of what agents do and ask for. */
  audit(o: AuditTrailOptions): Promise<AuditTrail> {
    return AuditTrail.open(this.#link, o);
  }

  /** Makes what that trail needs, for those who may not. */
  async prepareAudit(): Promise<void> {
    await AuditTrail.prepare(this.#link);
  }

  /**
   * Answers requests in the account that keeps the Choir: with tenants that of its keeper, over a connection of its own, else this one.
   * @param o.isShared that account is one that is kept elsewhere: nothing is served then
   */
  async serveChoir({ isShared, ...o }: ServeOptions & { isShared: boolean }): Promise<AsyncDisposable | undefined> {
    if (!isShared) return new Served(this.connection, o);
    if (!this.server || !this.tenants || this.#home === undefined) return undefined;
    const { keeperPath } = tenantFiles(runDirOf(this.#home));
    const connection = await dial({ url: this.server.url, credentials: { nkeyFile: keeperPath } });
    const served = new Served(connection, o);
    return {
      async [Symbol.asyncDispose]() {
        await served[Symbol.asyncDispose]();
        await connection.drain();
      },
    };
  }

  /** Closes the connection and stops the embedded server. Any number of calls. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.connection.close();
      await this.server?.stop();
    })();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A connection to the server that is named, or to one of our own that is started. */
async function reach(o: BackboneOptions): Promise<{ server: NatsServer | undefined; link: Link }> {
  const { url, secrets = new Secrets() } = o;
  if (url === undefined && (o.credentials || o.tls)) {
    throw new BackboneError(
      "bad_config",
      "Credentials and certificates for NATS are set, but no NATS_URL; set it too.",
    );
  }
  const server = url === undefined ? await startEmbedded(o) : undefined;
  let connection: NatsConnection | undefined;
  try {
    const reached = server ? optionsOf(server) : { ...o, url: url ?? "" };
    registerPassword(secrets, reached.url);
    connection = await dialJetStream(reached);
    return { server, link: await Link.over(connection, { secrets }) };
  } catch (error) {
    await connection?.close();
    await server?.stop();
    throw error;
  }
}

async function startEmbedded(o: BackboneOptions): Promise<NatsServer> {
  const binary = await findNatsServer({ home: o.home });
  if (!binary) {
    const named = process.env.NATS_SERVER_BIN;
    throw new BackboneError(
      "no_server",
      named
        ? `NATS_SERVER_BIN names ${named}, which is not a nats-server that runs; correct it or unset it.`
        : "nats-server was not found; run `vibewriter setup`, or set NATS_SERVER_BIN or NATS_URL.",
    );
  }
  refuseTooOld(binary.version, binary.path);
  const runDir = runDirOf(o.home);
  return await NatsServer.start({ binary, runDir, dataDir: join(runDir, "jetstream"), onEvent: o.onEvent });
}

/** For as long as this process lives. Seeds and tokens in files are known by how they are written. */
function registerPassword(secrets: Secrets, url: string): void {
  const { user, password } = parseServers(url);
  secrets.register("nats-password", password || user);
}

/** Where the embedded server of a home has its files. */
function runDirOf(home: string): string {
  return join(home, "nats");
}

function optionsOf({ url, credentials: { user, password } }: NatsServer): ConnectionOptions {
  return { url: url.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`) };
}
