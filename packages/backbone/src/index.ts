export { Backbone, type BackboneOptions } from "./backbone.js";
export type { Effect, Effects } from "./effects.js";
export { BackboneError, type BackboneErrorCode } from "./errors.js";
export type { FileInfo, FileStore } from "./files/file-store.js";
export type { Projection, ProjectionOptions } from "./projection.js";
export type { RecordChange, Records, Versioned } from "./records.js";
export type { RunEvents, StoredEvent } from "./run-events.js";
export { findNatsServer, type NatsBinary, type NatsTier } from "./server/nats-binary.js";
export { NatsServer, type NatsServerEvent, type NatsServerOptions } from "./server/nats-server.js";
