import type { Backbone } from "@vibewriter/backbone";
import { type Choir, ChoirError } from "@vibewriter/choir";
import { EvidenceStore, type SkippedFile, TavilySearch, type TextExtractor } from "@vibewriter/evidence";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { ModelEnvironment } from "../models/model.js";
import type { Fence } from "../runs/fence.js";
import type { RunRecord } from "../runs/record.js";
import type { RunStore } from "../runs/store.js";
import { GivenFiles } from "./given.js";
import { RunSources } from "./run-sources.js";

const MOST_ADDRESSES = 500;

/**
 * The sources of a run, with all that it was given read. That happens on the first drive; later ones use what was read then.
 * @throws EvidenceError if nothing of it can be read
 */
export async function openSources(o: {
  backbone: Backbone;
  choir: Choir;
  extract: TextExtractor;
  store: RunStore;
  fence: Fence;
  record: RunRecord;
  env: ModelEnvironment;
  emit: EmitEvent;
}): Promise<RunSources> {
  const { backbone, record, extract } = o;
  const { runId, agentId } = record;
  const given = new GivenFiles(backbone.files);
  const { files, skipped } = record.areSourcesRead ? { files: [], skipped: [] } : await given.of(record);
  const evidence = await EvidenceStore.open({
    backbone,
    agentId,
    runId,
    extract,
    given: files,
    article: (id) => articleText(o.choir, id),
  });
  if (!record.areSourcesRead) {
    const read = await evidence.readGiven();
    await reportSkipped([...skipped, ...read.skipped], o.emit);
    const text = `${read.sources.length} ${read.sources.length === 1 ? "source" : "sources"} read.`;
    await o.emit({ type: "log", data: { level: "info", text } }, `sources.read.${record.work}`);
    await o.fence.change((now) => ({ ...now, areSourcesRead: true }));
  }
  const key = o.env.TAVILY_API_KEY;
  return new RunSources({
    store: evidence,
    web: key ? new TavilySearch({ key }) : undefined,
    found: {
      has: async (uri) => (await o.store.get(runId)).found?.includes(uri) ?? false,
      add: async (uris) => {
        await o.fence.change((now) => ({
          ...now,
          found: [...new Set([...(now.found ?? []), ...uris])].slice(-MOST_ADDRESSES),
        }));
      },
    },
  });
}

async function reportSkipped(skipped: readonly Pick<SkippedFile, "uri" | "reason">[], emit: EmitEvent): Promise<void> {
  for (const { uri, reason } of skipped) {
    await emit({ type: "log", data: { level: "warn", text: `${uri} was passed over. ${reason}` } }, `skipped.${uri}`);
  }
}

/** By its whole id only: the beginning of one would make a second source, and a citation of nothing, of the same article. */
async function articleText(choir: Choir, id: string) {
  try {
    const { id: whole, title, markdown, author } = await choir.get(id);
    return whole === id ? { title, markdown, author } : undefined;
  } catch (error) {
    if (error instanceof ChoirError && (error.code === "unknown_article" || error.code === "ambiguous_id"))
      return undefined;
    throw error;
  }
}
