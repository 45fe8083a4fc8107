import { Hono } from "hono";
import { TenantAdd, UserAdd } from "../tenants/api.js";
import type { HomeTenants } from "../tenants/home-tenants.js";
import { readBody } from "./http.js";

export type TenantService = Pick<HomeTenants, "list" | "get" | "add" | "addUser" | "revoke" | "revokeUser" | "purge">;

/** `/v1/tenants`. Answers name the files with seeds, never what is in them. */
export function tenantRoutes(tenants: () => TenantService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ tenants: await tenants().list() }));
  app.post("/", async (c) => c.json(await tenants().add(await readBody(c, TenantAdd)), 201));
  app.get("/:name", async (c) => c.json({ tenant: await tenants().get(c.req.param("name")) }));
  app.post("/:name/revoke", async (c) => c.json({ tenant: await tenants().revoke(c.req.param("name")) }));
  app.delete("/:name", async (c) => {
    await tenants().purge(c.req.param("name"));
    return c.json({});
  });
  app.post("/:name/users", async (c) =>
    c.json(await tenants().addUser(c.req.param("name"), await readBody(c, UserAdd)), 201),
  );
  app.delete("/:name/users/:user", async (c) =>
    c.json({ tenant: await tenants().revokeUser(c.req.param("name"), c.req.param("user")) }),
  );
  return app;
}
