export { Anchor, type AuditSigner, fingerprint, isPublicKey, isSignedBy } from "./audit/anchor.js";
export type { AuditTrail, AuditTrailOptions, OpenedRecord } from "./audit/audit-trail.js";
export { exportLines } from "./audit/export.js";
export type { StoredEntry } from "./audit/record.js";
export {
  type BreakKind,
  type ChainBreak,
  type ChainMessage,
  type ChainReport,
  verifyChain,
} from "./audit/verify-chain.js";
export { Backbone, type BackboneOptions } from "./backbone.js";
export type { Credentials } from "./connection/credentials.js";
export type { ConnectionOptions } from "./connection/dial.js";
export type { TlsFiles } from "./connection/tls.js";
export type { DeadLetters, RetryOutcome } from "./dead-letters/dead-letters.js";
export { type DeadLetter, deadLetterSchema } from "./dead-letters/letter.js";
export { isDiskFull } from "./disk-full.js";
export type { Effect } from "./effects/effect.js";
export type { EffectStream } from "./effects/effect-stream.js";
export { BackboneError, type BackboneErrorCode } from "./errors.js";
export type { FileChanges } from "./files/changes.js";
export type { FileVersion } from "./files/entry.js";
export type { FileStore, PutOptions, PutResult } from "./files/file-store.js";
export type { SweepOptions, SweepReport } from "./files/sweep.js";
export { InTurn } from "./in-turn.js";
export { isForbidden } from "./link/transient.js";
export type { BackUpOptions, BackupFile, BackupManifest, BackupOptions } from "./operations/backup.js";
export type { BackboneStatus, StreamCopy, StreamStatus } from "./operations/status.js";
export type { Problem, Verification, VerifyOptions } from "./operations/verify.js";
export type { Projectable, ProjectionHandler, StreamMessage } from "./projections/projectable.js";
export type { Projection } from "./projections/projection.js";
export type { RecordChange, Records, Versioned } from "./records.js";
export type { RunEvents, StoredEvent } from "./run-events.js";
export { decryptFields, encryptedFieldsSchema, encryptFields } from "./sealing/encrypted-text.js";
export {
  isUnderPassphrase,
  type KeySecret,
  openBox,
  passphraseSecret,
  type SealedBox,
  sealBox,
  sealedBoxSchema,
} from "./sealing/sealed-box.js";
export { type SecretScanner, Secrets, type SecretsOptions } from "./secrets/secrets.js";
export { findNatsServer, type NatsBinary, type NatsTier } from "./server/nats-binary.js";
export { NatsServer, type NatsServerEvent, type NatsServerOptions } from "./server/nats-server.js";
export { identify, isAlive, type ProcessIdentity } from "./server/process-identity.js";
export {
  otherVersion,
  readStateVersion,
  requireStateVersion,
  STATE_VERSION,
  writeStateVersion,
} from "./state/state-version.js";
export type { Delivery } from "./tasks/delivery.js";
export type { QueueName } from "./tasks/queue-name.js";
export type { QueueStats, TaskQueue } from "./tasks/task-queue.js";
export { enableTenants, keepChoir } from "./tenants/embedded.js";
export { eraseAccount } from "./tenants/erase.js";
export { BUCKETS, prepareAccount } from "./tenants/prepare.js";
export {
  type Role,
  roleSchema,
  type Tenant,
  type TenantLimits,
  type TenantUser,
  tenantLimitsSchema,
} from "./tenants/register.js";
export { type MadeUser, Tenants } from "./tenants/tenants.js";
