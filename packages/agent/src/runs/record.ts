import { Method } from "@vibewriter/evidence/method";
import { PROVIDERS } from "@vibewriter/evidence/search";
import { z } from "zod";
import { ModelNames } from "../models/roles.js";
import { OpenHost } from "../reach/open-host.js";
import { RunBudget } from "../research/budget-limits.js";
import { StageCost } from "../research/stage-cost.js";
import { TaintMark } from "../taint/origin.js";
import { OPERATIONS } from "../taint/rules.js";
import { ReportWish } from "./report-wish.js";
import { Todo } from "./todo.js";

/** How far a run is. `interrupted`: nobody can go on with it by himself; `resume` does, from the last checkpoint. */
export const RunStatus = z.enum(["queued", "running", "waiting", "interrupted", "done", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Whose VM, memory and articles something is. */
export const AgentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "An agent's id is up to 32 lower-case letters, digits and hyphens.");

/** What an author says of an article beside its text; the knowledge base says what each may be. */
export const ArticleDetails = z.object({
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  /** SPDX expression. */
  licence: z.string().optional(),
  /** BCP 47. */
  language: z.string().optional(),
});
export type ArticleDetails = z.infer<typeof ArticleDetails>;

/** An article of the knowledge base as a source: by its whole id, since the beginning of one may come to name another article. */
export const ArticleSource = z.templateLiteral(["choir:", z.string().regex(/^[0-9a-f]{24}$/)]);

const ONE_NAME = "An author's name is one line of 1-100 characters.";

/** What a person asks for. Paths are absolute: the client resolves them against its own directory. */
export const RunRequest = z.object({
  /** `research` writes a report; `publish` checks and publishes a draft that the person wrote. */
  kind: z.enum(["research", "publish"]).default("research"),
  /** The question, or for `publish` the title shown in lists. */
  request: z
    .string()
    .trim()
    .min(1, 'Say what to research, for example: vibewriter research "Bees in cities".')
    .max(8_000),
  /** Files and folders to read, and articles as `choir:<id>`. */
  sources: z.array(z.string().min(1)).max(1_000).default([]),
  /** The searches of the web that the run has; none for an empty list. Default: by the configuration, the keys and the sources. */
  search: z.array(z.enum(PROVIDERS)).max(PROVIDERS.length).optional(),
  /**
   * A run to repeat from what it has read, for `research`: request, sources and searches are those of that run, and nothing is published. Its
   * models answer as they did then, unless `model` names one to be asked anew.
   */
  replay: z.string().min(1).max(100).optional(),
  /** The person's own draft, for `publish`. */
  draft: z.string().min(1).optional(),
  /** A model by name, such as `anthropic:claude-sonnet-4-6` or `offline`; the default depends on the keys that are set. */
  model: z.string().min(1).optional(),
  /** Models for parts of the work, and the one that takes over; what is not named is done by `model`. */
  models: ModelNames.default({}),
  /** The folder in which the run's own folder is made. */
  out: z.string().min(1),
  /** Publish once and cite within the budget without asking. */
  yes: z.boolean().default(false),
  /** Whose VM, memory and articles these are. */
  agentId: AgentId.default("main"),
  /** Who publishes: the name of an author whose key is in this home, or who gets one. Default: the first author of the home. */
  author: z.string().trim().min(1, ONE_NAME).max(100, ONE_NAME).optional(),
  /** For `publish`: the article, by its id, of which the draft is to be the next version; then `author` is its author. */
  revises: z.string().min(1).max(100).optional(),
  details: ArticleDetails.default({}),
  /** What the run may take; without limits it takes what it needs. */
  budget: RunBudget.default({}),
  /** Somebody is there who can be asked what the request means before the work begins. */
  attended: z.boolean().default(false),
  /** How the report is to be laid out, beside the one that is published. */
  report: ReportWish.optional(),
  /** Whose words the draft is, for `publish`: another agent, over MCP, is no person, and is asked about like one that has read something. */
  askedBy: z.enum(["person", "agent"]).default("person"),
  /** Asking again under the same key is asking after the same run, until that one fails or is cancelled. */
  key: z.string().min(1).max(200).optional(),
});
export type RunRequest = z.input<typeof RunRequest>;

/** A JSON object: what a tool is called with, or what that names. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

/** A question that only a person can answer, as it is shown to them. */
export const ApprovalQuestion = z.object({
  /** The id to answer with. */
  id: z.string(),
  /** What kind of effect it is, as the policy names it. */
  operation: z.enum(OPERATIONS).default("publish"),
  tool: z.string(),
  /** One sentence. */
  question: z.string(),
  /** What the tool is called with. Exactly this is done; a person may change it. */
  args: JsonObject.default({}),
  /** What those arguments name as it is now, such as the hash of a draft: what is something else by then is asked about again. */
  names: JsonObject.default({}),
  /** Why it is asked, in a sentence. */
  why: z.string().default(""),
  /** What the agent had seen from outside when it asked. */
  taint: z.array(TaintMark).default([]),
  /** An answer after that changes nothing; absent in questions of earlier releases, which have to be asked anew. */
  expiresAt: z.string().optional(),
  /** Of a publication only, from here on. */
  title: z.string().optional(),
  author: z.string().optional(),
  draftSha256: z.string().optional(),
  citations: z.object({ total: z.number(), supported: z.number(), rate: z.number(), method: z.string() }).optional(),
  /** Ids of the Choir articles that the draft uses. */
  cites: z.array(z.string()).optional(),
});
export type ApprovalQuestion = z.infer<typeof ApprovalQuestion>;

/** What the agent asks about the request before it works, as it is shown to a person. */
export const PersonQuestion = z.object({
  /** The id to answer with. */
  id: z.string(),
  kind: z.literal("clarify"),
  question: z.string(),
  /** Answers to choose from; any other will do as well. */
  options: z.array(z.string()),
  /** What it goes by if nobody answers. */
  assumption: z.string(),
});
export type PersonQuestion = z.infer<typeof PersonQuestion>;

/** A person's answer; with `text` absent they left it to the agent. */
export const PersonAnswer = z.object({ id: z.string(), text: z.string().optional(), at: z.string() });
export type PersonAnswer = z.infer<typeof PersonAnswer>;

const Failure = z.object({ code: z.string(), message: z.string() });

/** What `vibewriter research --json` prints. Paths are absolute, times are milliseconds. */
export const RunResult = z.object({
  runId: z.string(),
  agentId: z.string(),
  status: z.enum(["done", "waiting", "failed", "cancelled"]),
  /** The report, or the draft that was not published. */
  report: z.string().nullable(),
  article: z.object({ id: z.string(), title: z.string(), noveltyScore: z.number() }).nullable(),
  sources: z.array(
    z.object({
      id: z.string(),
      uri: z.string(),
      sha256: z.string(),
      /** When an earlier run read something else there. */
      changedSince: z.string().optional(),
    }),
  ),
  citations: z.object({
    total: z.number(),
    supported: z.number(),
    /** 0 to 1; 0 when nothing is cited. */
    rate: z.number(),
    method: Method,
  }),
  /** Ids of the Choir articles cited. */
  cited: z.array(z.string()),
  /** Who kept the agent's programs in; `remote`: the service that `sandbox` names, on machines of its own. */
  isolation: z.enum(["hardware", "emulated", "remote"]),
  /** Only with `remote`. */
  sandbox: z.string().optional(),
  model: z.string(),
  durationMs: z.number(),
  /** What each stage took; absent in results of earlier releases and for a draft of one's own. */
  stages: z.array(StageCost).optional(),
  /** What the agent said to the last turn, of a chat or of a run that was continued. */
  answer: z.string().optional(),
  /** Only when something needs saying: why it failed, or that publishing was declined. */
  error: Failure.optional(),
  message: z.string().optional(),
  approval: ApprovalQuestion.optional(),
  question: PersonQuestion.optional(),
});
export type RunResult = z.infer<typeof RunResult>;

/** The process that drives a run: an id that no other process ever has, and where it is. */
export const WorkerIdentity = z.object({
  id: z.string(),
  /** One home on one machine; its VMs and its output folders are there. */
  host: z.string(),
  pid: z.int(),
});
export type WorkerIdentity = z.infer<typeof WorkerIdentity>;

/** The id of the request. */
export const FIRST_TURN = "1";

/** Something a person said to the agent; the first is the request. */
export const Turn = z.object({
  /** Turns are numbered from 1. */
  id: z.string(),
  text: z.string(),
  at: z.string(),
});
export type Turn = z.infer<typeof Turn>;

const QueueName = z.union([z.templateLiteral(["pool.", z.string()]), z.templateLiteral(["host.", z.string()])]);

/** A plan that a person wrote into the place of the agent's own; edits are numbered from 1. */
export const PlanEdit = z.object({ edit: z.int().positive(), todos: z.array(Todo) });
export type PlanEdit = z.infer<typeof PlanEdit>;

/** A run as it is kept in `VIBEWRITER_RUNS`, under its id. */
export const RunRecord = z.object({
  runId: z.string(),
  agentId: z.string(),
  /** `chat`: the one standing conversation with an agent. */
  kind: z.enum(["research", "publish", "chat"]),
  request: z.string(),
  /** What whoever asked calls the request; one that failed or was cancelled does not answer to it any more. */
  key: z.string().optional(),
  sources: z.array(z.string()),
  /** Its searches of the web; absent in a chat, which has what there is when it is driven. */
  search: z.array(z.enum(PROVIDERS)).optional(),
  /** Absent in a chat and in records of earlier releases: a person. */
  askedBy: z.enum(["person", "agent"]).optional(),
  /** The run that this one repeats. */
  replays: z.string().optional(),
  /** Which attempt of that run its calls were made in; absent in records of earlier releases. */
  replaysAttempt: z.int().positive().optional(),
  /** The run whose recorded answers take the place of a model's; absent where a model is asked. */
  recorded: z.string().optional(),
  draft: z.string().optional(),
  model: z.string(),
  /** Models for parts of its work. */
  models: ModelNames.default({}),
  author: z.string(),
  /** The author's public key; absent in records of earlier releases. */
  authorKey: z.string().optional(),
  revises: z.string().optional(),
  details: ArticleDetails.default({}),
  report: ReportWish.optional(),
  out: z.string(),
  /** `<out>/<folder>`: the run's own folder, chosen when the run was made. */
  folder: z.string(),
  /** False once a run that failed has given its empty folder back; it takes another one when it goes on. */
  hasFolder: z.boolean().default(true),
  /** Of the machine that the run was last driven on. */
  isolation: z.enum(["hardware", "emulated", "remote"]).default("emulated"),
  /** `microvm`, or the name of the service whose sandbox it was. */
  sandbox: z.string().default("microvm"),
  yes: z.boolean(),
  status: RunStatus,
  /** What the person has said so far, the request first; of a long thread what was not heard yet and the last few. */
  turns: z.array(Turn).default([]),
  /** The number of the last turn that the agent has heard when it came to rest. */
  heard: z.int().nonnegative().default(0),
  /** The turn that began the work under way: a publication, its approval and `yes` are for that turn. */
  work: z.string().default(FIRST_TURN),
  /** Turns whose work came to a report, published or declined. */
  reports: z.array(z.string()).default([]),
  /** How the person has last edited the plan. */
  plan: PlanEdit.optional(),
  /** The host where the person asked: given files were read there, and the report is laid out there. */
  origin: z.string().optional(),
  /** What a worker must have to drive it: the model's provider, `offline` for none. */
  class: z.string().default("offline"),
  /** Grows with each claim. Whatever a drive writes carries its epoch, and the writer of a lower one is refused. */
  epoch: z.int().nonnegative().default(0),
  /** The queue that its task is on, or was on. */
  queue: QueueName.optional(),
  /** Keys came with it that it needs; only the process that was given them has them. */
  hasKeys: z.boolean().default(false),
  /** Counts how often it was put on a queue: only the task of the last time counts. */
  submission: z.int().nonnegative().default(0),
  /** 1, and one more with each `retry`: each attempt has a thread of its own. */
  attempt: z.int().positive().default(1),
  /** Workers that have died over it, one after the other, without getting it any further. */
  losses: z.int().nonnegative().default(0),
  /** False while what another host has made of it still is to be laid into its folder, which its origin does. */
  laidOut: z.boolean().default(true),
  /** Who drives it now; absent when nobody does. */
  worker: WorkerIdentity.optional(),
  error: Failure.optional(),
  approval: ApprovalQuestion.optional(),
  /** What it waits to be told about the request; see `approval` for the other thing it may wait for. */
  question: PersonQuestion.optional(),
  /** What it was told. */
  answers: z.array(PersonAnswer).default([]),
  budget: RunBudget.default({}),
  /** Whether there is somebody to ask. */
  attended: z.boolean().default(false),
  /** The agent's own reason for ending without a report. */
  stopped: z.object({ reason: z.enum(["not_enough_evidence", "cannot_do"]), explanation: z.string() }).optional(),
  result: RunResult.optional(),
  /** The trace in which it was asked for, as W3C Trace Context writes it; absent where nobody traces. */
  traceparent: z.string().optional(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** The given files were read; from then on their snapshots count. */
  areSourcesRead: z.boolean().default(false),
  /**
   * Whether what searches answered is found by how much the run was given, and not by the paths of it, as in runs of earlier releases: then a
   * recording names no path of this machine.
   */
  answersByCount: z.boolean().default(false),
  /** Addresses that the run may read: its searches have found them, or a person has written them or said yes to them. */
  found: z.array(z.string()).optional(),
  /** Servers that its programs may reach for the wish under way, since that was allowed. */
  hosts: z.array(OpenHost).optional(),
  /** How often it was driven, and for how long in all. */
  drives: z.number().default(0),
  activeMs: z.number().default(0),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** The thread of its checkpoints, and of the operations in its VM: a new attempt knows nothing of the one before. */
export function threadOf({ runId, attempt }: Pick<RunRecord, "runId" | "attempt">): string {
  return attempt === 1 ? runId : `${runId}.${attempt}`;
}

/** What the ids of a run's events begin with: those of an attempt are its own, also where its tool calls have the names of an earlier one's. */
export function eventPrefix({ attempt }: Pick<RunRecord, "attempt">): string {
  return attempt === 1 ? "" : `a${attempt}.`;
}

/** The attempt in which the calls of a run were made that it tells the answers of: its own, or that of the run that it repeats. */
export function attemptOf({ attempt, replaysAttempt }: Pick<RunRecord, "attempt" | "replaysAttempt">): number {
  return replaysAttempt ?? attempt;
}

/** Whether a run does nothing until a person does something. */
export function isAtRest(status: RunStatus): boolean {
  return status !== "queued" && status !== "running";
}

/** Whether nothing more will happen to a run in this state. */
export function isFinal(status: RunStatus): boolean {
  return status === "done" || status === "failed" || status === "cancelled";
}
