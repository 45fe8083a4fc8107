/** What clients of a run need to know, without the agent itself: a command that only looks should not load a model library. */
export { PROVIDERS, type Provider } from "@vibewriter/evidence/search";

export { ApprovalDecision } from "../approvals/decision.js";
export { AUDIT_KINDS } from "../audit/entry.js";
export { MemoryInfo, MemoryVersion, ProposedMemory } from "../memory/entry.js";
export { ENDPOINT_NAME, ENDPOINT_VARIABLE, endpointVariables } from "../models/endpoint.js";
export { MODEL_NAMES } from "../models/provider.js";
export { CiteArguments } from "../policy/arguments.js";
export { Policy } from "../policy/policy.js";
export { RunBudget } from "../research/budget-limits.js";
export { Estimate } from "../research/estimate-shape.js";
export { END_TEXT, ResearchEnd, ResearcherLimits } from "../research/limits.js";
export type { StageCost } from "../research/stage-cost.js";
export { OfferedSkill, ShownSkill, SkillInfo } from "../skills/skill-info.js";
export { SkillTest } from "../skills/skill-record.js";
export { markText } from "../taint/origin.js";
export { AskedApproval } from "./asked-approval.js";
export { RunDefaults } from "./defaults.js";
export { RunEvent, Todo } from "./event.js";
export { parsePlan } from "./plan.js";
export {
  ApprovalQuestion,
  ArticleSource,
  isAtRest,
  isFinal,
  JsonObject,
  PersonQuestion,
  RunRecord,
  RunRequest,
  RunResult,
  RunStatus,
  Turn,
  WorkerIdentity,
} from "./record.js";
export { REPORT_FORMATS, ReportFormat, ReportStyle, ReportWish } from "./report-wish.js";
export { ChatRequest, chatOf, TurnRequest } from "./turns.js";
export { WorkerInfo } from "./worker-info.js";
export { workplaceOf } from "./workplace.js";
