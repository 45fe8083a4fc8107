import type { ChatRequest, RunRecord, Todo, TurnRequest } from "@vibewriter/agent/runs";
import { Hono } from "hono";
import { ChatBody, Plan, type SaidAnswer, TurnBody } from "../conversations/api.js";
import { KEYS_HEADER, type Keys, readKeysHeader } from "../keys.js";
import { readBody } from "./http.js";

/** What the routes need to know about conversations. */
export interface ConversationService {
  say(runId: string, turn: TurnRequest, keys: Keys): Promise<SaidAnswer>;
  chat(request: ChatRequest, keys: Keys): Promise<SaidAnswer>;
  plan(runId: string): Promise<Todo[]>;
  editPlan(runId: string, todos: readonly Todo[]): Promise<RunRecord>;
}

/** `/v1/runs/:id/turns`, `/v1/runs/:id/plan` and `/v1/chats`. */
export function conversationRoutes(service: () => ConversationService): Hono {
  const app = new Hono();
  app.post("/runs/:id/turns", async (c) => {
    const turn = await readBody(c, TurnBody);
    return c.json(await service().say(c.req.param("id"), turn, readKeysHeader(c.req.header(KEYS_HEADER))), 201);
  });
  app.get("/runs/:id/plan", async (c) => c.json({ todos: await service().plan(c.req.param("id")) }));
  app.put("/runs/:id/plan", async (c) => {
    const { todos } = await readBody(c, Plan);
    return c.json({ run: await service().editPlan(c.req.param("id"), todos) });
  });
  app.post("/chats", async (c) => {
    const request = await readBody(c, ChatBody);
    return c.json(await service().chat(request, readKeysHeader(c.req.header(KEYS_HEADER))), 201);
  });
  return app;
}
