export { AgentError, type AgentErrorCode } from "./errors.js";
export { RunEvent, Todo } from "./runs/event.js";
export { ApprovalQuestion, isFinal, RunRecord, RunRequest, RunResult, RunStatus } from "./runs/record.js";
