import type { RunRecord } from "./record.js";

/** Whose VM, memory and files runs have that come from elsewhere: what a stranger's recording makes an agent do, it does to nobody else's. */
export const RECORDED_AGENT = "recorded";

/**
 * In whose sandbox a run works: its agent's; or, if it repeats another run, one of its own, since it does again what the other did to files and
 * programs. No agent's id has a dot.
 */
export function workplaceOf({ agentId, runId, replays }: Pick<RunRecord, "agentId" | "runId" | "replays">): string {
  return replays === undefined ? agentId : `${agentId}.${runId}`;
}

/** Whether programs there reach the tools of their run alone, whatever others may reach. */
export function isCutOff(workplace: string): boolean {
  return workplace.includes(".") || workplace === RECORDED_AGENT;
}
