import { findServer, type VibewriterClient } from "@vibewriter/server";
import type { TestHome } from "./home.js";

/** The client of the home's server; throws when none is there. */
export async function serverOf(home: TestHome): Promise<VibewriterClient> {
  const server = await findServer(home.path);
  if (!server) throw new Error("No server answers in this home.");
  return server;
}
