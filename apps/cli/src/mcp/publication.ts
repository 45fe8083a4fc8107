import { isAtRest, type RunRecord } from "@vibewriter/agent/runs";
import { codeOf, ServerError, type VibewriterClient } from "@vibewriter/server";
import { z } from "zod";
import { plain } from "../escape.js";
import { Refusal } from "./answer.js";

/** What `publish_to_choir` answers; from `article_id` on only with the status `published`. */
export const PublishAnswer = {
  status: z.enum(["published", "waiting", "running"]),
  run: z.string(),
  question: z.string().optional().describe("What the person is asked"),
  citations: z
    .object({ total: z.number(), supported: z.number(), rate: z.number(), method: z.string() })
    .optional()
    .describe("What the check of the draft found"),
  approve: z.string().optional().describe("The command with which the person answers"),
  note: z.string().optional(),
  article_id: z.string().optional(),
  novelty_score: z.number().optional().describe("0 to 100"),
  chip_staked: z.number().optional(),
  chip_rewarded: z.number().optional(),
  net_chip: z.number().optional(),
  url: z.string().optional(),
  cited: z.array(z.string()).optional().describe("The articles that it cites, by id"),
};

/** What became of the run of a publication. @throws Refusal for one that came to nothing, with its reason */
export async function toldOf(
  client: VibewriterClient,
  run: RunRecord,
): Promise<z.infer<z.ZodObject<typeof PublishAnswer>>> {
  const { runId, status, approval, result, error } = run;
  if (!isAtRest(status)) {
    return { status: "running", run: runId, note: "It is not done yet: call again with the same arguments." };
  }
  if (status === "waiting") {
    return {
      status,
      run: runId,
      question: plain(approval?.question ?? ""),
      citations: approval?.citations,
      approve: `vibewriter resume ${runId}`,
    };
  }
  if (!result?.article) {
    const why = error?.message ?? result?.message ?? `The run is ${status}; see vibewriter runs ${runId}.`;
    throw new Refusal(error?.code ?? (status === "done" ? "rejected" : "not_published"), plain(why));
  }
  const { id, noveltyScore } = result.article;
  return {
    status: "published",
    run: runId,
    ...{ article_id: id, novelty_score: noveltyScore },
    ...(await chipOf(client, id)),
    ...{ url: `choir:${id}`, cited: result.cited, citations: result.citations },
  };
}

/** What the ledger says of an article, in CHIP. A ledger that cannot be asked does not undo what was published. */
async function chipOf(client: VibewriterClient, article: string) {
  const nothing = { chip_staked: 0, chip_rewarded: 0, net_chip: 0 };
  try {
    const { staked, rewarded, net, note } = await client.ledger.article(article);
    return {
      ...{ chip_staked: Number(staked), chip_rewarded: Number(rewarded), net_chip: Number(net) },
      note: plain(note),
    };
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return { ...nothing, note: `The ledger could not be asked (${codeOf(error)}); see vibewriter ledger history.` };
  }
}
