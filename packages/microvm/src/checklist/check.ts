import type { Host } from "./host.js";

/** What was found, as half a sentence, and what to do about it. */
export interface Finding {
  /** `fail`: other people's agents do not belong on this host; `warn`: know what you do. */
  status: "ok" | "warn" | "fail";
  detail: string;
  fix?: string;
}

/** One point of the checklist. It is explained under its name in docs/operations/production-host.md. */
export interface Check {
  name: string;
  look(host: Host): Finding | Promise<Finding>;
}

export const ok = (detail: string): Finding => ({ status: "ok", detail });
export const warn = (detail: string, fix: string): Finding => ({ status: "warn", detail, fix });
export const fail = (detail: string, fix: string): Finding => ({ status: "fail", detail, fix });
