/** The client's side of the owner process of a home. Nothing here loads NATS, VMs or models. */
export type { Article, Decision, Health } from "./api.js";
export type { Status as BackboneStatus } from "./backbone/api.js";
export { restoreHome } from "./backbone/restore-home.js";
export { type FollowedEvent, VibewriterClient } from "./client.js";
export type { DeadLetter } from "./dlq/api.js";
export { type EnsureServerOptions, ensureServer, findServer } from "./ensure-server.js";
export { codeOf, messageOf, ServerError, type ServerErrorCode } from "./errors.js";
export { homeOf } from "./home.js";
export type { Image } from "./images/api.js";
export { type Keys, keysOf } from "./keys.js";
export type { NotifyStatus, NotifyTest } from "./notify/api.js";
export { CHANNELS, type ChannelName } from "./notify/channel.js";
export type { Ended } from "./sessions/contract.js";
export type { Said, Session } from "./sessions/session.js";
export { stopServer } from "./stop-server.js";
export type { DiskUse, GcReport, Snapshot, Vm, VmCreate, VmFileStat, VmFolder, VmStats } from "./vms/api.js";
export type { VmsClient } from "./vms/client.js";
export type { Worker } from "./workers/api.js";
