import type { SkillLibrary } from "@vibewriter/agent/host";
import { Hono } from "hono";
import { parse } from "../parse.js";
import { AddSkill, DecideSkill, LookAtSkill, PublishSkill, SkillQuery, SkillsQuery, TestSkill } from "../skills/api.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need of the skills of agents. */
export type SkillService = Pick<
  SkillLibrary,
  "list" | "show" | "look" | "add" | "decide" | "remove" | "test" | "publish"
>;

/** `/v1/skills`: what agents can do. Whoever reaches the socket is the person whose word installs a skill. */
export function skillRoutes(skills: () => SkillService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ skills: await skills().list(parse(SkillsQuery, c.req.query()).agent) }));
  app.post("/", async (c) => {
    const { agent, source, ...o } = await readBody(c, AddSkill);
    return c.json({ skill: await skills().add(agent, source, o) }, 201);
  });
  app.post("/look", async (c) => {
    const { agent, source } = await readBody(c, LookAtSkill);
    return c.json({ skill: await skills().look(agent, source) });
  });
  app.get("/:name", async (c) => {
    const { agent, ...o } = parse(SkillQuery, c.req.query());
    return c.json({ skill: await skills().show(agent, c.req.param("name"), o) });
  });
  app.delete("/:name", async (c) => {
    await skills().remove(parse(SkillsQuery, c.req.query()).agent, c.req.param("name"));
    return c.json({});
  });
  app.post("/:name/decision", async (c) => {
    const { agent, ...o } = await readBody(c, DecideSkill);
    return c.json({ skill: await skills().decide(agent, c.req.param("name"), o) });
  });
  app.post("/:name/test", async (c) => {
    const { agent, ...o } = await readBody(c, TestSkill);
    const [service, name] = [skills(), c.req.param("name")];
    return answerWork(c, async (signal) => ({ test: await service.test(agent, name, { ...o, signal }) }));
  });
  app.post("/:name/publication", async (c) => {
    const { agent, author } = await readBody(c, PublishSkill);
    return c.json({ skill: await skills().publish(agent, c.req.param("name"), { author }) });
  });
  return app;
}
