import { randomUUID } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../canonical.js";
import type { HomeKey } from "../home-key.js";
import type { Verifier } from "./approvers.js";

/** What was allowed: one use of one tool by one run with exactly these arguments, until a time. */
export const GrantPayload = z.strictObject({
  version: z.literal(1),
  runId: z.string(),
  tool: z.string(),
  /** SHA-256 of the arguments' canonical JSON, or `any`: one use whatever the arguments, which only `--yes` asks for. */
  argsHash: z.string(),
  /** ISO 8601. */
  expiresAt: z.string(),
  nonce: z.string(),
});
export type GrantPayload = z.infer<typeof GrantPayload>;

export const Grant = z.strictObject({ payload: GrantPayload, signature: z.string() });
export type Grant = z.infer<typeof Grant>;

/** The arguments' hash of a grant that does not bind them. */
export const ANY_ARGUMENTS = "any";

/** Signs what a person allowed. */
export function issueGrant(
  key: HomeKey,
  o: { runId: string; tool: string; argsHash: string; now: Date; lifetimeMs: number },
): Grant {
  const payload: GrantPayload = {
    version: 1,
    runId: o.runId,
    tool: o.tool,
    argsHash: o.argsHash,
    expiresAt: new Date(o.now.getTime() + o.lifetimeMs).toISOString(),
    nonce: randomUUID(),
  };
  return { payload, signature: key.sign(signedText(payload)) };
}

/** Whether a grant is signed by this approver and is for this tool, run and arguments. Says nothing about its age or use. */
export function grantCovers(
  approver: Verifier,
  grant: Grant,
  o: { runId: string; tool: string; argsHash: string },
): boolean {
  const { payload, signature } = grant;
  return (
    approver.verify(signedText(payload), signature) &&
    payload.runId === o.runId &&
    payload.tool === o.tool &&
    payload.argsHash === o.argsHash
  );
}

/** The purpose is part of what is signed, so that no other signature of this key can pass for a grant. */
function signedText(payload: GrantPayload): string {
  return `vibewriter approval grant\n${canonicalJson(payload)}`;
}
