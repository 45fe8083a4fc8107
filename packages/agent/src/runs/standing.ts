import { EvidenceStore } from "@vibewriter/evidence";
import { Publications } from "../publishing/publications.js";
import { Verifications } from "../publishing/verifications.js";
import { RunSources } from "../sources/run-sources.js";
import type { ToolContext } from "../tools/context.js";
import type { DriveParts } from "./parts.js";
import type { RunRecord } from "./record.js";
import { reportsBefore } from "./turns.js";

/** What there is of a run on NATS, for somebody who does not drive it: it can be read, and nothing of it can be written. */
export async function standingContext(
  parts: Pick<DriveParts, "backbone" | "verifications" | "publications" | "seal">,
  record: RunRecord,
): Promise<Pick<ToolContext, "sources" | "verifications" | "publications">> {
  const { backbone, verifications, publications, seal } = parts;
  const { agentId, runId } = record;
  const fence = { runId, check: () => Promise.reject(new Error("Who only looks at a run writes nothing of it.")) };
  const store = await EvidenceStore.open({
    ...{ backbone, agentId, runId },
    extract: () => Promise.reject(new Error("Who only looks at a run reads nothing new.")),
  });
  const sources = new RunSources({ store, found: NOTHING, emit: async () => undefined });
  return {
    sources,
    verifications: new Verifications({
      ...{ records: verifications, files: backbone.files, secrets: backbone.secrets },
      ...{ fence, seal, agentId, runId, sources: () => sources.list() },
    }),
    publications: new Publications(publications, { fence, turn: record.work, earlier: reportsBefore(record) }),
  };
}

const NOTHING = { has: async () => false, add: async () => undefined };
