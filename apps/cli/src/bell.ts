import type { VibewriterClient } from "@vibewriter/server";
import type { Context } from "./context.js";

/** Whoever has waited for less is still looking. */
const WORTH_RINGING_MS = 10_000;

/** Rings the terminal's bell when a run that was watched for some time has come to rest, unless the home's configuration says no. */
export async function ringFor(context: Context, client: VibewriterClient, since: number): Promise<void> {
  if (!context.terminal.isLive || Date.now() - since < WORTH_RINGING_MS) return;
  const { bell } = await client.notifications.status();
  if (bell) context.terminal.ring();
}
