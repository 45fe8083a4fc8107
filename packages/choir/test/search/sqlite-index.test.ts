import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lexicalEmbedder, SqliteIndex } from "../../src/index.js";
import { built } from "../support/built.js";
import { conformance } from "./conformance.js";

let folder: string;
beforeAll(async () => {
  await built();
  folder = await mkdtemp(join(tmpdir(), "vw-index-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

conformance("SqliteIndex", () => SqliteIndex.open(join(folder, "suite.sqlite"), lexicalEmbedder));
