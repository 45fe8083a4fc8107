/** What a process needs that has runs. The agent itself, with its model library, is loaded when the first of them is driven. */
export { openTrail } from "./audit/open-trail.js";
export { AgentBridge } from "./bridge/agent-bridge.js";
export type { AgentData, Erased, ExportedFile } from "./data/agent-data.js";
export { forgetSetAside } from "./files/set-aside.js";
export { AgentVMs, type Machines } from "./machines.js";
export type { MemoryBook } from "./memory/memory-book.js";
export type { ModelEnvironment } from "./models/model.js";
export type { AgentCitations } from "./policy/agent-citations.js";
export type { RunBoard } from "./runs/board.js";
export {
  CheckpointJanitor,
  type CheckpointJanitorEvent,
  type CheckpointJanitorOptions,
} from "./runs/checkpoint-janitor.js";
export type { RunClient } from "./runs/client.js";
export type { Drive, DriveOptions, Rest } from "./runs/driver.js";
export type { Fence } from "./runs/fence.js";
export { type OpenRuns, type OpenRunsOptions, openRuns } from "./runs/open-runs.js";
export { setUpState } from "./runs/set-up.js";
export type { RunWorker, WorkerEvent } from "./runs/worker.js";
export { RemoteMachines, type RemoteMachinesOptions } from "./sandboxes/remote-machines.js";
export type { CreateSandbox, SandboxIsolation } from "./sandboxes/sandbox.js";
export type { SkillLibrary } from "./skills/skill-library.js";
export type { ModelCall, RunObserver } from "./telemetry/observer.js";
export { LIST_PRICES, Price, type Prices } from "./telemetry/prices.js";
export { SILENT, type Telemetry } from "./telemetry/telemetry.js";
export { readerTemplate, type TemplateOptions, workTemplate } from "./templates.js";
