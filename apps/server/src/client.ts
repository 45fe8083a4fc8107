import { setTimeout as sleep } from "node:timers/promises";
import { type ApprovalDecision, RunEvent, type RunRecord, type RunRequest } from "@vibewriter/agent/runs";
import { z } from "zod";
import * as api from "./api.js";
import { ApprovalsClient } from "./approvals/client.js";
import { OwnArticlesClient } from "./articles/client.js";
import { AuditClient } from "./audit/client.js";
import { AuthorsClient } from "./authors/client.js";
import { BackboneClient } from "./backbone/client.js";
import { asError, Caller, parseJson } from "./call.js";
import { CitationsClient } from "./citations/client.js";
import { ConversationsClient } from "./conversations/client.js";
import { DataClient } from "./data/client.js";
import { DeadLettersClient } from "./dlq/client.js";
import { EmbedderClient } from "./embedder/client.js";
import { ServerError } from "./errors.js";
import { FeedClient } from "./feed/client.js";
import { FilesClient } from "./files/client.js";
import { FollowsClient } from "./follows/client.js";
import { send, textOf } from "./http-over-socket.js";
import { ImagesClient } from "./images/client.js";
import { KbClient } from "./kb/client.js";
import { KbFilesClient } from "./kb-files/client.js";
import { type Keys, keysHeader } from "./keys.js";
import { LedgerClient } from "./ledger/client.js";
import { MemoryClient } from "./memory/client.js";
import { NotifyClient } from "./notify/client.js";
import { NoveltyClient } from "./novelty/client.js";
import { QuestionsClient } from "./questions/client.js";
import { RecordingsClient } from "./recordings/client.js";
import { ReportsClient } from "./reports/client.js";
import { SecretsClient } from "./secrets/client.js";
import { SkillsClient } from "./skills/client.js";
import { parseEvents } from "./sse.js";
import { TenantsClient } from "./tenants/client.js";
import { TextsClient } from "./texts/client.js";
import { Top } from "./top/api.js";
import { VmsClient } from "./vms/client.js";
import { WorkersClient } from "./workers/client.js";

/** An event of a run with its place in the run's stream. */
export type FollowedEvent = RunEvent & z.infer<typeof api.SeqAndTime>;

/** A client of the owner process of one home. Every call has a deadline; failures are ServerErrors. */
export class VibewriterClient {
  /** The microVMs of the home. */
  readonly vms: VmsClient;
  /** What they are made from. */
  readonly images: ImagesClient;
  /** What a person says to runs. */
  readonly conversations: ConversationsClient;
  /** What runs ask a person to allow. */
  readonly approvals: ApprovalsClient;
  /** What is asked before a run works. */
  readonly questions: QuestionsClient;
  /** Who is told about runs. */
  readonly notifications: NotifyClient;
  /** What could not be dealt with. */
  readonly deadLetters: DeadLettersClient;
  /** Why articles score what they do. */
  readonly novelty: NoveltyClient;
  /** What documents say, as the reader VM has it. */
  readonly texts: TextsClient;
  /** Who shares the home's NATS. */
  readonly tenants: TenantsClient;
  /** NATS, where everything is kept. */
  readonly backbone: BackboneClient;
  /** Who drives runs. */
  readonly workers: WorkersClient;
  /** What agents keep. */
  readonly files: FilesClient;
  /** The index of the knowledge base. */
  readonly kb: KbClient;
  /** Whose keys are in the home. */
  readonly authors: AuthorsClient;
  /** What those authors do with their articles. */
  readonly ownArticles: OwnArticlesClient;
  /** Who cites whom. */
  readonly citations: CitationsClient;
  /** Whose vectors articles are searched by. */
  readonly embedder: EmbedderClient;
  /** What becomes of articles. */
  readonly feed: FeedClient;
  /** Articles as files, and files as articles. */
  readonly kbFiles: KbFilesClient;
  /** Who is told of it. */
  readonly follows: FollowsClient;
  /** Who earned what. */
  readonly ledger: LedgerClient;
  /** Runs as folders that can be repeated elsewhere. */
  readonly recordings: RecordingsClient;
  /** What runs came to, as files. */
  readonly reports: ReportsClient;
  /** What agents remember. */
  readonly memory: MemoryClient;
  /** What agents can do. */
  readonly skills: SkillsClient;
  /** What agents did and asked for. */
  readonly audit: AuditClient;
  /** What must not be written down. */
  readonly secrets: SecretsClient;
  /** What is kept of agents. */
  readonly data: DataClient;
  readonly #caller: Caller;

  constructor(socket: string) {
    this.#caller = new Caller(socket);
    this.data = new DataClient(this.#caller);
    this.secrets = new SecretsClient(this.#caller);
    this.audit = new AuditClient(this.#caller);
    this.vms = new VmsClient(this.#caller);
    this.approvals = new ApprovalsClient(this.#caller);
    this.feed = new FeedClient(this.#caller);
    this.follows = new FollowsClient(this.#caller);
    this.embedder = new EmbedderClient(this.#caller);
    this.workers = new WorkersClient(this.#caller);
    this.memory = new MemoryClient(this.#caller);
    this.skills = new SkillsClient(this.#caller);
    this.recordings = new RecordingsClient(this.#caller);
    this.reports = new ReportsClient(this.#caller);
    this.files = new FilesClient(this.#caller);
    this.kb = new KbClient(this.#caller);
    this.authors = new AuthorsClient(this.#caller);
    this.ownArticles = new OwnArticlesClient(this.#caller);
    this.kbFiles = new KbFilesClient(this.#caller);
    this.images = new ImagesClient(this.#caller);
    this.deadLetters = new DeadLettersClient(this.#caller);
    this.novelty = new NoveltyClient(this.#caller);
    this.texts = new TextsClient(this.#caller);
    this.backbone = new BackboneClient(this.#caller);
    this.conversations = new ConversationsClient(this.#caller);
    this.questions = new QuestionsClient(this.#caller);
    this.tenants = new TenantsClient(this.#caller);
    this.citations = new CitationsClient(this.#caller);
    this.ledger = new LedgerClient(this.#caller);
    this.notifications = new NotifyClient(this.#caller);
  }

  /** How the server is. */
  health(): Promise<api.Health> {
    return this.#caller.call("GET", "/v1/health", api.Health, { timeoutMs: 5_000 });
  }

  /** What the home is at, in one look. */
  top(): Promise<Top> {
    return this.#caller.call("GET", "/v1/top", Top);
  }

  /** Starts a run; `keys` are what it may need of this process's environment to reach a model. */
  async startRun(request: RunRequest, keys: Keys): Promise<RunRecord> {
    return (
      await this.#caller.call("POST", "/v1/runs", api.RunAnswer, {
        body: request,
        headers: keysHeader(keys),
        timeoutMs: 120_000,
      })
    ).run;
  }

  /** All runs of the home, the newest first. */
  async runs(): Promise<RunRecord[]> {
    return (await this.#caller.call("GET", "/v1/runs", api.RunsAnswer)).runs;
  }

  /** One run, by its id. */
  async run(id: string): Promise<RunRecord> {
    return (await this.#caller.call("GET", runPath(id), api.RunAnswer)).run;
  }

  /** Stops a run; `resume` goes on with it. */
  async cancel(id: string): Promise<RunRecord> {
    return (await this.#caller.call("POST", runPath(id, "/cancel"), api.RunAnswer, { timeoutMs: 60_000 })).run;
  }

  /** Goes on with a run that was interrupted, failed or cancelled, from its last checkpoint. */
  async resume(id: string, keys: Keys): Promise<RunRecord> {
    return (await this.#caller.call("POST", runPath(id, "/resume"), api.RunAnswer, { headers: keysHeader(keys) })).run;
  }

  /** Starts a run that did not get done anew, in a thread of its own; what was published stays published. */
  async retry(id: string, keys: Keys): Promise<RunRecord> {
    return (await this.#caller.call("POST", runPath(id, "/retry"), api.RunAnswer, { headers: keysHeader(keys) })).run;
  }

  /** Answers the question that a run waits with; the run goes on by itself. */
  async decide(id: string, approvalId: string, decision: ApprovalDecision, keys: Keys): Promise<RunRecord> {
    const path = runPath(id, `/approvals/${encodeURIComponent(approvalId)}`);
    return (await this.#caller.call("POST", path, api.RunAnswer, { body: decision, headers: keysHeader(keys) })).run;
  }

  /**
   * The events of a run after `after`, first those that were, then those to come, until the run needs nobody's attention any more: it
   * is final, waits for a person or was interrupted. A broken stream is taken up where it broke. Throws ServerError `unreachable` if the
   * server has ended, and what the server cannot read on for, such as `unavailable` or `disk_full`.
   */
  async *events(id: string, o: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<FollowedEvent> {
    let last = o.after ?? 0;
    for (let failures = 0; ; failures += 1) {
      try {
        for await (const event of this.#eventsOnce(id, last, o.signal)) {
          if (event === "end") return;
          last = event.seq;
          failures = 0;
          yield event;
        }
      } catch (error) {
        if (o.signal?.aborted || !isBroken(error) || failures >= 3) throw error;
      }
      await sleep(100 * 2 ** failures, undefined, { signal: o.signal });
    }
  }

  /** The articles that answer a query best, the best first. Of a very long one the beginning is looked at. */
  async searchArticles(query: string, o: api.SearchFilter = {}): Promise<api.ArticleHit[]> {
    const parameters = new URLSearchParams({ query: query.trim().slice(0, api.LONGEST_QUESTION) });
    for (const [name, value] of Object.entries(o)) if (value !== undefined) parameters.set(name, String(value));
    return (await this.#caller.call("GET", `/v1/articles?${parameters}`, api.ArticleHits)).hits;
  }

  /** All articles, the newest first, or the newest `most` of them. */
  async articles({ most = Number.POSITIVE_INFINITY } = {}): Promise<z.infer<typeof api.Articles>["articles"]> {
    const all: z.infer<typeof api.Articles>["articles"] = [];
    for (;;) {
      const last = all.at(-1);
      const limit = Math.min(api.MOST_LISTED, most - all.length);
      const page = new URLSearchParams({ limit: String(limit), ...(last && { before: last.id }) });
      const { articles } = await this.#caller.call("GET", `/v1/articles?${page}`, api.Articles);
      all.push(...articles);
      if (articles.length < limit || all.length >= most) return all;
    }
  }

  /** One article, by its id or the beginning of it. */
  async article(id: string): Promise<api.Article> {
    return (await this.#caller.call("GET", `/v1/articles/${encodeURIComponent(id)}`, api.ArticleAnswer)).article;
  }

  /** Asks the server to end; it stops runs, VMs and nats-server first. */
  async stop(): Promise<void> {
    await this.#caller.call("POST", "/v1/stop", z.object({}));
  }

  async *#eventsOnce(
    id: string,
    after: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<FollowedEvent | "end"> {
    const headers = { accept: "text/event-stream", ...(after > 0 ? { "last-event-id": String(after) } : {}) };
    const incoming = await send({
      socket: this.#caller.socket,
      method: "GET",
      path: runPath(id, "/events"),
      headers,
      timeoutMs: 30_000,
      signal,
    });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    // Four missed heartbeats: the connection is dead although nobody said so.
    incoming.setTimeout(60_000, () => incoming.destroy());
    for await (const event of parseEvents(incoming)) {
      if (event.event === "end") {
        yield "end";
        return;
      }
      const value = parseJson(event.data);
      if (event.event === "failed") throw asError(value);
      yield { ...RunEvent.parse(value), ...api.SeqAndTime.parse(value) };
    }
  }
}

function runPath(id: string, rest = ""): string {
  return `/v1/runs/${encodeURIComponent(id)}${rest}`;
}

function isBroken(error: unknown): boolean {
  if (error instanceof ServerError) return error.code === "unreachable" || error.code === "timeout";
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE")
  );
}
