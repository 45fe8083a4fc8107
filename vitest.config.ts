import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/support/longest-first.js";

// Workspace packages are tested from their sources; the commands that tests spawn run from dist, as users run them.
// The condition is a name of ours: other packages have their TypeScript under "source", which Node would be handed.
const conditions = ["@vibewriter/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions }, noExternal: [/^@vibewriter\//] },
  test: {
    globals: true,
    reporters: ["default", "./scripts/not-run-reporter.mjs"],
    include: ["{packages,apps,skills}/*/test/**/*.test.ts", "tests/**/*.test.ts"],
    // Two cores and emulated VMs: more workers make each other time out. Three, because many tests wait for a server or a clock.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
