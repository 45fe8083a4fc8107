import type { Keystore } from "@vibewriter/choir";
import { Hono } from "hono";
import { Export, Import, Passphrase, Rename } from "../authors/api.js";
import type { SecretStore } from "../secrets/secret-store.js";
import { readBody } from "./http.js";

/** What the routes need of the keystore. */
export type AuthorService = Pick<
  Keystore,
  "list" | "get" | "named" | "first" | "rename" | "export" | "import" | "signer" | "changePassphrase"
>;

/** `/v1/authors`: list, show, rename, export, import, another passphrase. A key leaves the home only encrypted. */
export function authorRoutes(authors: () => AuthorService, secrets: () => Pick<SecretStore, "changePassphrase">): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ authors: await authors().list() }));
  app.post("/", async (c) => {
    const { key, passphrase } = await readBody(c, Import);
    return c.json({ author: await authors().import(key, passphrase) });
  });
  app.post("/passphrase", async (c) => {
    const { passphrase } = await readBody(c, Passphrase);
    const keystore = authors();
    // What else is under the passphrase of the home.
    return c.json(await secrets().changePassphrase(passphrase, () => keystore.changePassphrase(passphrase)));
  });
  app.get("/:author", async (c) => c.json({ author: await authors().get(c.req.param("author")) }));
  app.post("/:author/name", async (c) => {
    const { name } = await readBody(c, Rename);
    return c.json({ author: await authors().rename(c.req.param("author"), name) });
  });
  app.post("/:author/export", async (c) => {
    const { passphrase } = await readBody(c, Export);
    return c.json({ key: await authors().export(c.req.param("author"), passphrase) });
  });
  return app;
}
