import type { FileStore, FileVersion } from "@vibewriter/backbone";
import { Hono } from "hono";
import { ServerError } from "../errors.js";
import { type AgentFile, FileQuery, FilesQuery, VersionQuery } from "../files/api.js";
import { parse } from "../parse.js";

/** What the routes need of the store. */
export type FileService = Pick<FileStore, "list" | "stat" | "history" | "stream" | "put">;

/** Folders that a person may put files into; what else an agent has in the store is written by its runs alone, skills by what installs them. */
const OPEN = /^(artifacts|runs)\/./;

/** `/v1/files`: the files that agents keep. Contents go through as streams, in constant memory. */
export function fileRoutes(files: () => FileService): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const { agent, prefix } = parse(FilesQuery, c.req.query());
    return c.json({ files: (await files().list(`${agent}/${prefix}`)).map((file) => shown(agent, file)) });
  });
  app.get("/history", async (c) => {
    const { agent, path } = parse(FileQuery, c.req.query());
    const versions = await files().history(`${agent}/${path}`);
    if (versions.length === 0) throw missing(path);
    return c.json({ versions: versions.map((file) => shown(agent, file)) });
  });
  app.get("/stat", async (c) => {
    const { agent, path, version } = parse(VersionQuery, c.req.query());
    return c.json({ file: shown(agent, await find(files(), { agent, path, version })) });
  });
  app.get("/content", async (c) => {
    const { agent, path, version } = parse(VersionQuery, c.req.query());
    const { key, size, sha256, version: found } = await find(files(), { agent, path, version });
    const content = ReadableStream.from(files().stream(key, { version: found }));
    const headers = { "content-type": "application/octet-stream", "content-length": String(size), "x-sha256": sha256 };
    return c.body(content, 200, headers);
  });
  app.put("/content", async (c) => {
    const { agent, path } = parse(FileQuery, c.req.query());
    if (!OPEN.test(path)) {
      const text = `${path} is not yours to write; put files into artifacts/ or runs/<run>/, and a skill in place with vibewriter skills add.`;
      throw new ServerError("bad_request", text);
    }
    const { body } = c.req.raw;
    const file = await files().put(`${agent}/${path}`, body ?? new Uint8Array(), { writer: "a person" });
    return c.json({ file: shown(agent, file) });
  });
  return app;
}

async function find(files: FileService, o: { agent: string; path: string; version?: number }): Promise<FileVersion> {
  const found = await files.stat(`${o.agent}/${o.path}`, { version: o.version });
  if (found === undefined || found.kind === "deleted") throw missing(o.path, o.version);
  return found;
}

function shown(agent: string, { key, ...file }: FileVersion): AgentFile {
  return { path: key.slice(agent.length + 1), ...file };
}

function missing(path: string, version?: number): ServerError {
  const what =
    version === undefined ? `There is no file ${path}` : `${path} has no version ${version} that can be read`;
  return new ServerError(
    "not_found",
    `${what}; \`vibewriter files ls\` and \`vibewriter files history\` show what there is.`,
  );
}
