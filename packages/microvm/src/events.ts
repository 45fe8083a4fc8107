/** What the orchestrator tells its owner; nothing depends on anybody listening. */
export type VmEvent =
  | { type: "template_built"; template: string; durationMs: number }
  | { type: "vm_started"; id: string; durationMs: number }
  | { type: "vm_adopted"; id: string }
  | { type: "vm_lost"; id: string; reason: string }
  | { type: "vm_stopped"; id: string }
  | { type: "vm_destroyed"; id: string };
