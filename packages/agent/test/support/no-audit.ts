import type { Audit } from "../../src/audit/audit.js";

/** For what is tried without a trail to record it in. */
export const noAudit: Audit = { record: () => undefined, written: async () => undefined };
