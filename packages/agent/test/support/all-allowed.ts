import type { MemoryGate } from "../../src/memory/gate.js";

/** A gate that takes whatever lies in the folder of the memory for an agent's own words. */
export const ALL_ALLOWED: Pick<MemoryGate, "leaveFor" | "spend"> = {
  leaveFor: (_, sha256, version) => ({ sha256, version, marks: [] }),
  spend: () => undefined,
};
