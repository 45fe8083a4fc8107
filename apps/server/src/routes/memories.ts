import type { MemoryBook } from "@vibewriter/agent/host";
import { Hono } from "hono";
import {
  DecideMemory,
  MemoriesQuery,
  MemoryQuery,
  RemoveMemory,
  RestoreMemory,
  SearchMemory,
  SetMemory,
} from "../memory/api.js";
import { parse } from "../parse.js";
import { readBody } from "./http.js";

/** What the routes need of the memory of agents. */
export type MemoryService = Pick<
  MemoryBook,
  "list" | "show" | "set" | "remove" | "history" | "restore" | "search" | "proposed" | "accept" | "drop"
>;

/** `/v1/memories`: what agents remember. Whoever reaches the socket is the person whose word it is. */
export function memoryRoutes(memory: () => MemoryService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ memories: await memory().list(parse(MemoriesQuery, c.req.query()).agent) }));
  app.get("/entry", async (c) => {
    const { agent, path, version } = parse(MemoryQuery, c.req.query());
    return c.json({ memory: await memory().show(agent, path, version) });
  });
  app.put("/entry", async (c) => {
    const { agent, path, text, ...o } = await readBody(c, SetMemory);
    return c.json({ memory: await memory().set(agent, path, text, o) });
  });
  app.delete("/entry", async (c) => {
    const { agent, path, ...o } = parse(RemoveMemory, c.req.query());
    await memory().remove(agent, path, o);
    return c.json({});
  });
  app.get("/history", async (c) => {
    const { agent, path } = parse(MemoryQuery, c.req.query());
    return c.json({ versions: await memory().history(agent, path) });
  });
  app.post("/restore", async (c) => {
    const { agent, path, version } = await readBody(c, RestoreMemory);
    return c.json({ memory: await memory().restore(agent, path, version) });
  });
  app.get("/search", async (c) => {
    const { agent, query, limit } = parse(SearchMemory, c.req.query());
    return c.json({ found: await memory().search(agent, query, limit) });
  });
  app.get("/proposed", async (c) =>
    c.json({ proposed: await memory().proposed(parse(MemoriesQuery, c.req.query()).agent) }),
  );
  app.post("/proposed/:id", async (c) => {
    const { agent, decision } = await readBody(c, DecideMemory);
    const id = c.req.param("id");
    if (decision === "accept") return c.json({ memory: await memory().accept(agent, id) });
    await memory().drop(agent, id);
    return c.json({});
  });
  return app;
}
