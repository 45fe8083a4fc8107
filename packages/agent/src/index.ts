export { AgentBridge } from "./bridge/agent-bridge.js";
export { AgentError, type AgentErrorCode } from "./errors.js";
export { AgentVMs, type Machines } from "./machines.js";
export { defaultModel, type ModelEnvironment, openModel, resolveModel } from "./models/model.js";
export { type RunDecision, RunDriver, type RunDriverOptions } from "./runs/driver.js";
export { RunEvent, Todo } from "./runs/event.js";
export {
  ApprovalQuestion,
  isFinal,
  RunRecord,
  RunRequest,
  RunResult,
  RunStatus,
  Turn,
  WorkerIdentity,
} from "./runs/record.js";
export { RemoteMachines, type RemoteMachinesOptions } from "./sandboxes/remote-machines.js";
export type { CreateSandbox, SandboxIsolation } from "./sandboxes/sandbox.js";
export { readerTemplate, type TemplateOptions, workTemplate } from "./templates.js";
export { createVibewriter, type Vibewriter, type VibewriterOptions } from "./vibewriter.js";
