import { Hono } from "hono";
import { type Backup, BackupRequest, type Status, type Verified } from "../backbone/api.js";
import type { LongOptions } from "../backbone/client.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need of NATS. */
export interface BackboneService {
  status(): Promise<Status>;
  backUp(folder: string, o: LongOptions & { passphrase?: string }): Promise<Backup>;
  verify(o: LongOptions): Promise<Verified>;
}

/** `/v1/backbone`: how NATS is, a backup of what it keeps, and a check of all of it. */
export function backboneRoutes(backbone: () => BackboneService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json(await backbone().status()));
  app.post("/backup", async (c) => {
    const { folder, passphrase } = await readBody(c, BackupRequest);
    const service = backbone();
    return answerWork(c, async (signal, onProgress) => {
      const { createdAt, streams, keys } = await service.backUp(folder, { signal, onProgress, passphrase });
      return {
        createdAt,
        keys,
        streams: streams.map(({ name, messages, bytes, sha256 }) => ({ name, messages, bytes, sha256 })),
      };
    });
  });
  app.post("/verify", (c) => {
    const service = backbone();
    return answerWork(c, (signal, onProgress) => service.verify({ signal, onProgress }));
  });
  return app;
}
