/** What the orchestrator tells its owner; nothing depends on anybody listening. */
export type VmEvent =
  /** `why`: there was one, and it could not be used. */
  | { type: "template_built"; template: string; durationMs: number; why?: string }
  /**
   * What is done without anybody asking did not succeed, and is tried again: filling the warm pool for the template `name`, or ending or
   * stopping the VM `name` when its time is over.
   */
  | { type: "upkeep_failed"; what: "pool" | "time"; name: string; reason: string }
  | ({ id: string } & VmStep);

/** A step in the life of one VM. */
export type VmStep =
  | { type: "vm_started"; durationMs: number }
  | { type: "vm_adopted" }
  | { type: "vm_lost"; reason: string }
  | { type: "vm_stopped"; why?: "idle" | "expired" }
  | { type: "vm_suspended"; durationMs: number }
  | { type: "vm_resumed"; durationMs: number }
  | { type: "vm_destroyed" };
