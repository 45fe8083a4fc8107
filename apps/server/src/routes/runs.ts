import { isAbsolute } from "node:path";
import { ApprovalDecision, type RunEvent, type RunRecord, RunRequest } from "@vibewriter/agent/runs";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { KEYS_HEADER, type Keys, readKeysHeader } from "../keys.js";
import { parse } from "../parse.js";
import { areSources, NOT_ABSOLUTE } from "../sources.js";
import { failedEvent, readBody } from "./http.js";

/** What the routes need to know about runs. */
export interface RunService {
  start(request: RunRequest, keys: Keys): Promise<RunRecord>;
  list(): Promise<RunRecord[]>;
  get(id: string): Promise<RunRecord>;
  cancel(id: string): Promise<RunRecord>;
  resume(id: string, keys: Keys): Promise<RunRecord>;
  retry(id: string, keys: Keys): Promise<RunRecord>;
  decide(id: string, approvalId: string, decision: ApprovalDecision, keys: Keys): Promise<RunRecord>;
  /** Events after `after`, old then new, ending when the run is at rest and everything was told. */
  follow(
    id: string,
    o: { after: number; signal: AbortSignal },
  ): AsyncIterable<RunEvent & { seq: number; time: string }>;
}

const HEARTBEAT_MS = 15_000;

// Anything that is not a field of a request (a context, a configuration, graph state) is refused, so it cannot reach the graph.
const StrictRunRequest = RunRequest.strict().refine(
  ({ sources, out, draft = "/" }) => [out, draft].every((path) => isAbsolute(path)) && areSources(sources),
  NOT_ABSOLUTE,
);
const EventId = z.coerce.number().int().nonnegative();

/** `/v1/runs`: start, list, follow, cancel, resume, retry, and answer the questions of runs. */
export function runRoutes(runs: () => RunService): Hono {
  const app = new Hono();
  app.post("/", async (c) => {
    const run = await runs().start(await readBody(c, StrictRunRequest), readKeysHeader(c.req.header(KEYS_HEADER)));
    return c.json({ run }, 201);
  });
  app.get("/", async (c) => c.json({ runs: await runs().list() }));
  app.get("/:id", async (c) => c.json({ run: await runs().get(c.req.param("id")) }));
  app.post("/:id/cancel", async (c) => c.json({ run: await runs().cancel(c.req.param("id")) }));
  app.post("/:id/resume", async (c) => {
    const run = await runs().resume(c.req.param("id"), readKeysHeader(c.req.header(KEYS_HEADER)));
    return c.json({ run });
  });
  app.post("/:id/retry", async (c) => {
    const run = await runs().retry(c.req.param("id"), readKeysHeader(c.req.header(KEYS_HEADER)));
    return c.json({ run });
  });
  app.post("/:id/approvals/:approvalId", async (c) => {
    const { id, approvalId } = c.req.param();
    const keys = readKeysHeader(c.req.header(KEYS_HEADER));
    return c.json({ run: await runs().decide(id, approvalId, await readBody(c, ApprovalDecision), keys) });
  });
  app.get("/:id/events", async (c) => {
    const id = c.req.param("id");
    const after = parse(EventId, c.req.header("last-event-id") ?? 0);
    await runs().get(id);
    return streamSSE(c, async (stream) => {
      const ended = new AbortController();
      stream.onAbort(() => ended.abort());
      const heartbeat = setInterval(() => void stream.write(": \n\n"), HEARTBEAT_MS);
      try {
        for await (const event of runs().follow(id, { after, signal: ended.signal })) {
          await stream.writeSSE({ id: String(event.seq), event: event.type, data: JSON.stringify(event) });
        }
        await stream.writeSSE({ event: "end", data: "{}" });
      } catch (error) {
        await stream.writeSSE(failedEvent(error));
      } finally {
        clearInterval(heartbeat);
      }
    });
  });
  return app;
}
