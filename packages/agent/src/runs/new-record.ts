import { classOf } from "../models/model.js";
import { FIRST_TURN, type RunRecord } from "./record.js";

/** What the record of every run begins with. */
export function newRecord(o: Pick<RunRecord, "runId" | "agentId" | "request" | "model"> & { origin: string }) {
  const createdAt = new Date().toISOString();
  return {
    ...o,
    status: "queued" as const,
    turns: [{ id: FIRST_TURN, text: o.request, at: createdAt }],
    heard: 0,
    work: FIRST_TURN,
    reports: [],
    answers: [],
    budget: {},
    models: {},
    attended: false,
    details: {},
    class: classOf(o.model),
    submission: 1,
    attempt: 1,
    epoch: 0,
    losses: 0,
    laidOut: true,
    answersByCount: true,
    createdAt,
    drives: 0,
    activeMs: 0,
  };
}
