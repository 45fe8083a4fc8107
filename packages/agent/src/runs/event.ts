import { z } from "zod";
import { Estimate } from "../research/estimate-shape.js";
import { ResearchEnd, ResearcherLimits } from "../research/limits.js";
import { ApprovalQuestion, PersonQuestion, RunResult, RunStatus } from "./record.js";
import { Todo } from "./todo.js";

export { Todo };

const Hypothesis = z.object({ id: z.string(), text: z.string() });
const agent = z.string().describe("`vibewriter` for the main agent, else the subagent's name");
const task = z.string().optional().describe("the id of the subagent's task, absent for the main agent");

/** What a follower of a run sees, in order. The stream adds `seq` and `time`. */
export const RunEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("status"), data: z.object({ status: RunStatus, message: z.string().optional() }) }),
  z.object({ type: z.literal("plan"), data: z.object({ todos: z.array(Todo) }) }),
  z.object({
    type: z.literal("subagent.started"),
    data: z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      question: z.string().optional().describe("what a researcher is to find out"),
      hypotheses: z.array(Hypothesis).optional().describe("what its claims are recorded for or against"),
    }),
  }),
  z.object({
    type: z.literal("subagent.finished"),
    data: z.object({ id: z.string(), name: z.string(), ok: z.boolean(), summary: z.string(), ms: z.number() }),
  }),
  z.object({
    type: z.literal("tool.started"),
    data: z.object({ id: z.string(), tool: z.string(), agent, task, summary: z.string() }),
  }),
  z.object({
    type: z.literal("tool.finished"),
    data: z.object({
      id: z.string(),
      tool: z.string(),
      agent,
      task,
      ok: z.boolean(),
      summary: z.string(),
      source: z.string().optional().describe("the id of the source that was read"),
      ms: z.number(),
    }),
  }),
  z.object({ type: z.literal("message"), data: z.object({ agent, task, text: z.string() }) }),
  z.object({
    type: z.literal("writing").describe("now and then while a model writes its answer"),
    data: z.object({
      agent,
      task,
      tool: z.string().optional().describe("the tool whose call it writes"),
      characters: z.number().describe("of the whole answer so far"),
      text: z.string().describe("its last words; empty while it writes a call"),
    }),
  }),
  z.object({ type: z.literal("approval.requested"), data: ApprovalQuestion }),
  z.object({
    type: z.literal("approval.decided"),
    data: z.object({
      id: z.string(),
      approved: z.boolean(),
      edited: z.literal(true).optional().describe("with other arguments than were asked about"),
      by: z.string(),
      message: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal("artifact"),
    data: z.object({ name: z.string(), path: z.string(), sha256: z.string().optional() }),
  }),
  z.object({
    type: z.literal("log"),
    data: z.object({ level: z.enum(["info", "warn", "error"]), text: z.string() }),
  }),
  z.object({
    type: z.literal("usage").describe("of one call of a model, also of one whose answer could not be used"),
    data: z.object({
      agent,
      task,
      model: z.string(),
      inputTokens: z.number().nullable().describe("null: the model counts none"),
      outputTokens: z.number().nullable(),
      costUsd: z.number().nullable().describe("null: the price of the model is not known"),
    }),
  }),
  z.object({
    type: z.literal("budget").describe("of one researcher: at its beginning, and with `end` at its end"),
    data: z.object({
      task: z.string(),
      agent,
      limits: ResearcherLimits,
      used: z.object({ modelCalls: z.number(), toolCalls: z.number(), tokens: z.number(), seconds: z.number() }),
      end: ResearchEnd.optional(),
    }),
  }),
  z.object({ type: z.literal("estimate"), data: Estimate }),
  z.object({ type: z.literal("question.asked"), data: PersonQuestion }),
  z.object({
    type: z.literal("question.answered"),
    data: z.object({ id: z.string(), text: z.string().optional(), assumption: z.string() }),
  }),
  z.object({ type: z.literal("result"), data: RunResult }),
  // What persons ask of a run, for whoever drives it.
  z.object({ type: z.literal("turn.added"), data: z.object({ id: z.string(), text: z.string() }) }),
  z.object({ type: z.literal("plan.edited"), data: z.object({ todos: z.array(Todo) }) }),
  z.object({ type: z.literal("cancel.requested"), data: z.object({}) }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
