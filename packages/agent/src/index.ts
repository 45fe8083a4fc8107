export { AgentError, type AgentErrorCode } from "./errors.js";
export { ArtifactBackend } from "./files/artifact-backend.js";
export type { Look, SandboxFiles, SeenFile } from "./files/sandbox-files.js";
export * from "./host.js";
export { defaultModel, openModel, resolveModel } from "./models/model.js";
export * from "./runs/contract.js";
export { type Judges, openJudges } from "./verification/judges.js";
export { createVibewriter, type Vibewriter, type VibewriterOptions } from "./vibewriter.js";
