import type { DeadLetters } from "@vibewriter/backbone";
import { Hono } from "hono";

/** What the routes need of the dead letters; each throws BackboneError `not_found` for an unknown id. */
export type DeadLetterService = Pick<DeadLetters, "list" | "get" | "content" | "retry" | "drop">;

const LONGEST_CONTENT = 64 * 1024;

/** `/v1/dlq`: list, show, retry, drop. */
export function dlqRoutes(letters: () => DeadLetterService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ letters: (await letters().list()).map(withoutMessage) }));
  app.get("/:id", async (c) => {
    const letter = await letters().get(c.req.param("id"));
    const content = await letters().content(letter);
    const text = content && new TextDecoder().decode(content.subarray(0, LONGEST_CONTENT));
    return c.json({ letter: withoutMessage(letter), content: text ?? null });
  });
  app.post("/:id/retry", async (c) => {
    const id = c.req.param("id");
    return c.json({ id, outcome: await letters().retry(id) });
  });
  app.delete("/:id", async (c) => {
    await letters().drop(c.req.param("id"));
    return c.json({});
  });
  return app;
}

function withoutMessage<T extends { message?: unknown }>({ message: _, ...letter }: T): Omit<T, "message"> {
  return letter;
}
