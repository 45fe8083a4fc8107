import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { isAtRest, type RunRecord } from "@vibewriter/agent/runs";
import type { VibewriterClient } from "@vibewriter/server";
import { z } from "zod";
import { readDraft, titleOf } from "../commands/publish.js";
import { plain } from "../escape.js";
import { withWholeIds } from "../paths.js";
import { answer } from "./answer.js";
import type { McpContext } from "./context.js";
import { pathIn } from "./folder.js";
import { PublishAnswer, toldOf } from "./publication.js";

/** Clients give up on a tool after a minute; what takes longer is asked after by the same call. */
const PATIENCE_MS = 45_000;

const Draft = {
  filepath: z.string().min(1).max(4_096).describe("Path of the Markdown draft; its title is its first H1"),
  sources: z
    .array(z.string().min(1).max(4_096))
    .min(1)
    .max(1_000)
    .describe("Files, folders and articles (choir:<article_id>) that the draft cites: [S1] is the first"),
};
type Draft = z.infer<z.ZodObject<typeof Draft>>;

/**
 * `publish_to_choir`: a run of the kind `publish`, through the same check, gate and approval as a person's own draft. The same draft with the
 * same sources is the same run, so whoever calls again, or was cut off, hears of that one.
 */
export function addPublish(server: McpServer, context: McpContext): void {
  server.registerTool(
    "publish_to_choir",
    {
      title: "Publish to the Choir",
      description:
        "Checks a Markdown draft against its sources, which it cites as [S1], [S2] in the order given, publishes it, and cites the articles that it " +
        "uses. Refused if less than 0.9 of its citations hold, or it has none. A person has to approve: with status waiting, tell them the command " +
        "in `approve`, and call again with the same arguments to hear what came of it; so also with status running.",
      inputSchema: Draft,
      outputSchema: PublishAnswer,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    (draft, { signal, sendNotification, _meta }) =>
      answer(async () => {
        const client = await context.connect();
        const { runId } = await start(client, context, draft);
        const token = _meta?.progressToken;
        let progress = 0;
        const onProgress = async (message: string) => {
          if (token === undefined) return;
          progress += 1;
          await sendNotification({
            method: "notifications/progress",
            params: { progressToken: token, progress, message },
          });
        };
        return await toldOf(client, await rest(client, runId, { signal, onProgress }));
      }, context.onTrouble),
  );
}

async function start(
  client: VibewriterClient,
  { folder, out, keys, author }: McpContext,
  { filepath, sources: named }: Draft,
): Promise<RunRecord> {
  const draft = await pathIn(folder, filepath);
  const text = await readDraft(draft, filepath);
  const given = named.map((source) => (source.startsWith("choir:") ? source : pathIn(folder, source)));
  const sources = await withWholeIds(client, await Promise.all(given));
  // Never `yes`, and never as a person: only a person says that, and not through here.
  const asked = { kind: "publish" as const, askedBy: "agent" as const, draft, sources, author, out, yes: false };
  const request = titleOf(text) ?? basename(filepath);
  const run = await client.startRun({ ...asked, request, key: keyOf({ text, draft, sources, author }) }, keys);
  return run.status === "interrupted" ? await client.resume(run.runId, keys) : run;
}

function keyOf(call: { text: string; draft: string; sources: readonly string[]; author: string | undefined }): string {
  const { text, draft, sources, author } = call;
  const hash = createHash("sha256").update(JSON.stringify([text, draft, sources, author]));
  return `mcp:${hash.digest("hex")}`;
}

/** The run when it is at rest, or as it is when the patience is over. */
async function rest(
  client: VibewriterClient,
  runId: string,
  o: { signal: AbortSignal; onProgress: (message: string) => Promise<void> },
): Promise<RunRecord> {
  const patience = AbortSignal.any([o.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const run = await client.run(runId);
  if (isAtRest(run.status)) return run;
  try {
    for await (const event of client.events(runId, { signal: patience })) {
      if (event.type === "log") await o.onProgress(plain(event.data.text));
    }
  } catch (error) {
    if (!patience.aborted) throw error;
  }
  return await client.run(runId);
}
