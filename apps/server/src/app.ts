import type { AgentCitations } from "@vibewriter/agent/host";
import type { Choir } from "@vibewriter/choir";
import type { TextExtractor } from "@vibewriter/evidence";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Health } from "./api.js";
import { ServerError } from "./errors.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics/metrics.js";
import { type ApprovalService, approvalRoutes } from "./routes/approvals.js";
import { articleRoutes } from "./routes/articles.js";
import { type AuditService, auditRoutes } from "./routes/audit.js";
import { type AuthorService, authorRoutes } from "./routes/authors.js";
import { type BackboneService, backboneRoutes } from "./routes/backbone.js";
import { citationRoutes } from "./routes/citations.js";
import { type ConversationService, conversationRoutes } from "./routes/conversations.js";
import { type DataService, dataRoutes } from "./routes/data.js";
import { type DeadLetterService, dlqRoutes } from "./routes/dlq.js";
import { type EmbedderService, embedderRoutes } from "./routes/embedder.js";
import { feedRoutes } from "./routes/feed.js";
import { type FileService, fileRoutes } from "./routes/files.js";
import { type FollowService, followRoutes } from "./routes/follows.js";
import { answerError } from "./routes/http.js";
import { type ImageService, imageRoutes } from "./routes/images.js";
import { kbRoutes } from "./routes/kb.js";
import { kbFileRoutes } from "./routes/kb-files.js";
import { type LedgerService, ledgerRoutes } from "./routes/ledger.js";
import { type MemoryService, memoryRoutes } from "./routes/memories.js";
import { metricsRoutes } from "./routes/metrics.js";
import { type NotifyService, notifyRoutes } from "./routes/notify.js";
import { noveltyRoutes } from "./routes/novelty.js";
import { ownArticleRoutes } from "./routes/own-articles.js";
import { type QuestionService, questionRoutes } from "./routes/questions.js";
import { type RecordingService, recordingRoutes } from "./routes/recordings.js";
import { type ReportService, reportRoutes } from "./routes/reports.js";
import { type RunService, runRoutes } from "./routes/runs.js";
import { type SecretService, secretRoutes } from "./routes/secrets.js";
import { type SkillService, skillRoutes } from "./routes/skills.js";
import { type TenantService, tenantRoutes } from "./routes/tenants.js";
import { textRoutes } from "./routes/texts.js";
import { type TopService, topRoutes } from "./routes/top.js";
import { vmFileRoutes } from "./routes/vm-files.js";
import { snapshotRoutes, spaceRoutes, type VmService, vmRoutes } from "./routes/vms.js";
import { type WorkerService, workerRoutes } from "./routes/workers.js";
import type { SecretStore } from "./secrets/secret-store.js";

/** What the HTTP API stands on. The services throw ServerError not_ready until the owner has opened them. */
export interface Services {
  health(): Promise<Health>;
  runs(): RunService & ApprovalService & WorkerService & ReportService & RecordingService;
  conversations(): ConversationService;
  questions(): QuestionService;
  audit(): AuditService;
  data(): DataService;
  secrets(): SecretService & Pick<SecretStore, "changePassphrase">;
  choir(): Choir;
  authors(): AuthorService;
  ledger(): LedgerService;
  embedder(): EmbedderService;
  vms(): VmService;
  images(): ImageService;
  backbone(): BackboneService;
  top(): TopService;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  notifier(): NotifyService;
  follows(): FollowService;
  deadLetters(): DeadLetterService;
  files(): FileService;
  skills(): SkillService;
  memory(): MemoryService;
  /** What agents of elsewhere may cite. */
  agentCitations(): Pick<AgentCitations, "permit">;
  /** The reader VM. */
  extract(): TextExtractor;
  tenants(): TenantService;
  /** Begins the end of the process; the answer to this request is still sent. */
  stop(): void;
  readonly log: Log;
}

const LARGEST_BODY = 8 * 1024 * 1024;

/** The HTTP API of a home. */
export function createApp(services: Services): Hono {
  const app = new Hono();
  app.onError((error, c) => answerError(c, error, services.log));
  app.notFound((c) => answerError(c, new ServerError("not_found", `There is no ${c.req.path} here.`), services.log));
  // Before the limit of bodies: contents are streams of any size.
  app.route("/v1/files", fileRoutes(services.files));
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => {
        throw new ServerError("too_large", "The request is larger than 8 MiB; send a smaller draft.");
      },
    }),
  );
  app.get("/v1/health", async (c) => c.json(await services.health()));
  app.route("/v1/top", topRoutes(services.top));
  app.route("/metrics", metricsRoutes(services.metrics));
  app.post("/v1/stop", (c) => {
    services.stop();
    return c.json({}, 202);
  });
  app.route("/v1/runs", runRoutes(services.runs));
  app.route("/v1/runs", reportRoutes(services.runs));
  app.route("/v1", recordingRoutes(services.runs));
  app.route("/v1/approvals", approvalRoutes(services.runs));
  app.route("/v1/workers", workerRoutes(services.runs));
  app.route("/v1", conversationRoutes(services.conversations));
  app.route("/v1", questionRoutes(services.questions));
  app.route("/v1/articles", articleRoutes(services.choir));
  app.route("/v1/articles", ownArticleRoutes(services.choir, services.authors, services.agentCitations));
  app.route("/v1/kb", kbRoutes(services.choir));
  app.route("/v1/articles", kbFileRoutes(services.choir, services.authors));
  app.route("/v1/data", dataRoutes(services.data));
  app.route("/v1/secrets", secretRoutes(services.secrets));
  app.route("/v1/audit", auditRoutes(services.audit));
  app.route("/v1/authors", authorRoutes(services.authors, services.secrets));
  app.route("/v1/kb", citationRoutes(services.choir));
  app.route("/v1/ledger", ledgerRoutes(services.ledger, services.authors));
  app.route("/v1/texts", textRoutes(services.extract));
  app.route("/v1/kb/novelty", noveltyRoutes(services.choir));
  app.route("/v1/kb/embedder", embedderRoutes(services.embedder));
  app.route("/v1/feed.atom", feedRoutes(services.choir, services.follows));
  app.route("/v1/follows", followRoutes(services.follows));
  app.route("/v1/vms", vmRoutes(services.vms));
  app.route("/v1/vms", vmFileRoutes(services.vms));
  app.route("/v1/snapshots", snapshotRoutes(services.vms));
  app.route("/v1/space", spaceRoutes(services.vms));
  app.route("/v1/images", imageRoutes(services.images));
  app.route("/v1/backbone", backboneRoutes(services.backbone));
  app.route("/v1/notifications", notifyRoutes(services.notifier));
  app.route("/v1/dlq", dlqRoutes(services.deadLetters));
  app.route("/v1/skills", skillRoutes(services.skills));
  app.route("/v1/memories", memoryRoutes(services.memory));
  app.route("/v1/tenants", tenantRoutes(services.tenants));
  return app;
}
