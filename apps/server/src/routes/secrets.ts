import { type Context, Hono } from "hono";
import { parse } from "../parse.js";
import { SecretValue } from "../secrets/api.js";
import { SecretName } from "../secrets/reference.js";
import type { SecretStore } from "../secrets/secret-store.js";
import { readBody } from "./http.js";

/** What the routes need of the secrets. */
export type SecretService = Pick<SecretStore, "list" | "set" | "rotate" | "remove">;

/** `/v1/secrets`: which there are; a new one, another value, its end. What they are is never in an answer. */
export function secretRoutes(secrets: () => SecretService): Hono {
  const app = new Hono();
  const nameOf = (c: Context) => parse(SecretName, c.req.param("name"));
  app.get("/", (c) => c.json({ secrets: secrets().list() }));
  app.post("/:name", async (c) => {
    const { value } = await readBody(c, SecretValue);
    return c.json({ secret: await secrets().set(nameOf(c), value) }, 201);
  });
  app.put("/:name", async (c) => {
    const { value } = await readBody(c, SecretValue);
    return c.json({ secret: await secrets().rotate(nameOf(c), value) });
  });
  app.delete("/:name", async (c) => {
    await secrets().remove(nameOf(c));
    return c.json({});
  });
  return app;
}
