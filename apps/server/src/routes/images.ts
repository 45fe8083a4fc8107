import type { ImageRegistry } from "@vibewriter/microvm";
import { Hono } from "hono";
import { ImageBuild } from "../images/api.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need of the images of a home; `remove` throws MicroVMError `not_found`, `image_in_use`. */
export type ImageService = Pick<ImageRegistry, "list" | "build" | "remove">;

/** `/v1/images`: list, build, remove. */
export function imageRoutes(images: () => ImageService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ images: await images().list() }));
  app.post("/", async (c) => {
    const { file } = await readBody(c, ImageBuild);
    const service = images();
    return answerWork(c, (signal, onProgress) => service.build(file, { signal, onProgress }));
  });
  app.delete("/:name", async (c) => {
    await images().remove(c.req.param("name"));
    return c.json({});
  });
  return app;
}
