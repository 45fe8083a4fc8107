/** The client's side of the owner process of a home. Nothing here loads NATS, VMs or models. */
export type { Article, Decision, Health, Vm, VmExec, VmExecAnswer } from "./api.js";
export { type FollowedEvent, VibewriterClient } from "./client.js";
export { type EnsureServerOptions, ensureServer, findServer } from "./ensure-server.js";
export { codeOf, messageOf, ServerError, type ServerErrorCode } from "./errors.js";
export { homeOf } from "./home.js";
export { type Keys, keysOf } from "./keys.js";
export { stopServer } from "./stop-server.js";
