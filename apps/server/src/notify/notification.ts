import { createHash } from "node:crypto";
import type { RunRecord, RunStatus } from "@vibewriter/agent/runs";
import { z } from "zod";
import { FollowedNews } from "../follows/followed-news.js";
import type { Occasion } from "./config.js";

/** What a person is told. Texts are single lines without control characters. */
export const Notification = z.object({
  /** The same for the same happening, however often it is sent: a receiver forgets what it has seen. */
  id: z.string(),
  type: z.enum([
    ...["run.finished", "run.failed", "run.waiting"],
    ...["article.published", "article.revised", "article.retracted", "article.cited"],
    "test",
  ] as const),
  /** When it happened, ISO 8601. */
  time: z.string(),
  title: z.string(),
  text: z.string(),
  /** What happened to an article that is followed. */
  news: FollowedNews.optional(),
  /** The run that it is about. */
  run: z
    .object({
      runId: z.string(),
      agentId: z.string(),
      kind: z.string(),
      request: z.string(),
      /** The report's path on the machine of whoever asked; null without one. */
      report: z.string().nullable(),
      articleId: z.string().nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      /** The question that it waits with, and the id to answer with. */
      approval: z.object({ id: z.string(), question: z.string() }).nullable(),
    })
    .optional(),
});
export type Notification = z.infer<typeof Notification>;

/** What a run's new state is worth telling about; the end of a chat's answer is seen by whoever asked. */
export function occasionOf(status: RunStatus, kind: string): Occasion | undefined {
  if (status === "done") return kind === "chat" ? undefined : "finished";
  return status === "failed" || status === "waiting" ? status : undefined;
}

/** @param eventId the id of the event that told of the state, which is the same when it is read again */
export function notificationOf(occasion: Occasion, run: RunRecord, o: { eventId: string; time: string }): Notification {
  const request = oneLine(run.request, 200);
  const { approval, error, result } = run;
  const said = {
    finished: {
      title: "Run finished",
      text: `“${request}”: ${result?.report ? `the report is ${result.report}` : (result?.message ?? "it is done")}.`,
    },
    failed: { title: "Run failed", text: `“${request}”: ${error?.message ?? "it failed."}` },
    waiting: {
      title: "Run waits for you",
      text: `“${request}”: ${(approval ?? run.question)?.question ?? "it asks something."} Answer with: vibewriter resume ${run.runId}`,
    },
  }[occasion];
  return {
    id: `ntf_${createHash("sha256").update(`${run.runId}\n${o.eventId}`).digest("hex").slice(0, 32)}`,
    type: `run.${occasion}`,
    time: o.time,
    title: `Vibewriter: ${said.title}`,
    text: oneLine(said.text, 1_000),
    run: {
      runId: run.runId,
      agentId: run.agentId,
      kind: run.kind,
      request,
      report: result?.report ?? null,
      articleId: result?.article?.id ?? null,
      error: error ? { code: error.code, message: oneLine(error.message, 1_000) } : null,
      approval: approval ? { id: approval.id, question: oneLine(approval.question, 600) } : null,
    },
  };
}

/** Text from outside as one line: what would move a cursor, begin another header or hide is left out. */
export function oneLine(text: string, most: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
