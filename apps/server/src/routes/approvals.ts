import type { AskedApproval } from "@vibewriter/agent/runs";
import { Hono } from "hono";
import { ApprovalsQuery } from "../approvals/api.js";
import { parse } from "../parse.js";

/** What the routes need to know about what runs ask a person to allow. */
export interface ApprovalService {
  approvals(o: { all: boolean }): Promise<AskedApproval[]>;
  approval(id: string): Promise<AskedApproval>;
}

/** `/v1/approvals`: what is asked. The answer is given at the run, `/v1/runs/:id/approvals/:approvalId`. */
export function approvalRoutes(service: () => ApprovalService): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const { all } = parse(ApprovalsQuery, c.req.query());
    return c.json({ approvals: await service().approvals({ all: all === "1" }) });
  });
  app.get("/:id", async (c) => c.json({ approval: await service().approval(c.req.param("id")) }));
  return app;
}
