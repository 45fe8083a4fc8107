import type { Backbone } from "@vibewriter/backbone";
import { type Choir, ChoirError } from "@vibewriter/choir";
import { Answers, EvidenceStore, type SkippedFile, type TextExtractor } from "@vibewriter/evidence";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { ModelEnvironment } from "../models/model.js";
import type { Fence } from "../runs/fence.js";
import { attemptOf, FIRST_TURN, type RunRecord } from "../runs/record.js";
import type { RunStore } from "../runs/store.js";
import { turnsOf } from "../runs/turns.js";
import { addressesIn } from "../taint/addresses.js";
import { type Given, GivenFiles } from "./given.js";
import { RunAnswers } from "./run-answers.js";
import { RunSources } from "./run-sources.js";
import type { Web } from "./web.js";

const MOST_ADDRESSES = 500;

export interface OpenSourcesOptions {
  readonly backbone: Backbone;
  readonly choir: Choir;
  readonly extract: TextExtractor;
  readonly store: RunStore;
  readonly fence: Fence;
  readonly record: RunRecord;
  readonly env: ModelEnvironment;
  readonly web: Web;
  readonly emit: EmitEvent;
}

/**
 * The sources of a run and what its searches answer, with all that it was given read. That happens on the first drive; later ones use what was
 * read then. A run that repeats another one has the sources and answers of that one, and asks nobody.
 * @throws EvidenceError if nothing of it can be read
 */
export async function openSources(o: OpenSourcesOptions): Promise<{ sources: RunSources; answers: RunAnswers }> {
  const { backbone, record, emit } = o;
  const { runId, agentId, replays } = record;
  const [kept, given] = await Promise.all([Answers.open({ backbone, agentId, runId }), givenOf(o)]);
  const evidence = await EvidenceStore.open({
    backbone,
    agentId,
    runId,
    extract: o.extract,
    given: given.files,
    ...(replays === undefined && { article: (id: string) => articleText(o.choir, id), fetch: o.web.page }),
  });
  if (!record.areSourcesRead) {
    const isNew = (await evidence.list()).length === 0;
    if (replays !== undefined && isNew) await adopt(o, evidence, kept, replays);
    else await readGiven(o, evidence, given);
    await o.fence.change((now) => ({ ...now, areSourcesRead: true }));
  }
  const names = record.search ?? o.web.providersFor({ env: o.env, hasSources: true });
  const sources = new RunSources({
    store: evidence,
    web: replays === undefined ? o.web.search(names, o.env) : undefined,
    emit,
    found: {
      has: async (uri) => {
        const now = await o.store.get(runId);
        return now.found?.includes(uri) || turnsOf(now).some(({ text }) => addressesIn(text).includes(uri));
      },
      add: async (uris) => {
        await o.fence.change((now) => ({
          ...now,
          found: [...new Set([...(now.found ?? []), ...uris])].slice(-MOST_ADDRESSES),
        }));
      },
    },
  });
  const { work, sources: paths, answersByCount } = record;
  // What is given is only ever more.
  const scope = [work, ...(answersByCount ? [`${paths.length} given`] : paths)];
  const attempt = answersByCount ? attemptOf(record) : 1;
  return { sources, answers: new RunAnswers(kept, { scope, attempt, replays: replays !== undefined }) };
}

/** What is still to be read of what the run was given. */
async function givenOf({ backbone, record }: OpenSourcesOptions): Promise<Given> {
  const isRead = record.areSourcesRead || (record.replays !== undefined && record.work === FIRST_TURN);
  return isRead ? { files: [], skipped: [] } : await new GivenFiles(backbone.files).of(record);
}

async function readGiven(o: OpenSourcesOptions, evidence: EvidenceStore, given: Given): Promise<void> {
  const read = await evidence.readGiven();
  await reportSkipped([...given.skipped, ...read.skipped], o.emit);
  const { length } = read.sources;
  const text = `${length === 0 ? "No sources are given" : `${length} ${length === 1 ? "source" : "sources"} read`}.${searchesText(o.record)}`;
  await o.emit({ type: "log", data: { level: "info", text } }, `sources.read.${o.record.work}`);
}

function searchesText({ search = [] }: RunRecord): string {
  return search.length === 0 ? "" : ` The web is searched with ${search.join(", ")}.`;
}

async function adopt(o: OpenSourcesOptions, evidence: EvidenceStore, kept: Answers, runId: string): Promise<void> {
  await kept.adopt(runId);
  // What that run could not read, this one may ask for, and is told the same.
  const { found } = await o.store.get(runId);
  await o.fence.change((now) => ({ ...now, found }));
  const changed = await evidence.adopt(runId);
  const { length } = await evidence.list();
  const text = `The ${length === 1 ? "source" : `${length} sources`} of ${runId} as they were read then; nothing is asked of the network.`;
  await o.emit({ type: "log", data: { level: "info", text } }, "sources.adopted");
  if (changed.length === 0) return;
  const ids = changed.map(({ id }) => id).join(", ");
  const data = { level: "warn" as const, text: `Today's reader gives another text for ${ids} than ${runId} had.` };
  await o.emit({ type: "log", data }, "sources.other-text");
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
