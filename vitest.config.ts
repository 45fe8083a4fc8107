import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/support/longest-first.js";

// Workspace packages are tested from their sources; the commands that tests spawn run from dist, as users run them.
// The condition is a name of ours: other packages have their TypeScript under "source", which Node would be handed.
const conditions = ["@vibewriter/source", "node", "import", "default"];

/** Files that start machines, servers and commands, kill them, or measure their own process: each has a process of its own, with nothing of another file in it. */
const alone = [
  "tests/**/*.test.ts",
  "apps/cli/test/**/*.test.ts",
  "packages/agent/test/{runs,bridge,machines}/**/*.test.ts",
  "packages/microvm/test/{drivers,gateway,hostile,images,vm}/**/*.test.ts",
  "**/{process,cluster,bad-input,task-queue,killed}.test.ts",
  "packages/microvm/test/client/hostile.test.ts",
  "packages/choir/test/exports/exports.test.ts",
  "packages/backbone/test/files/file-store.test.ts",
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions }, noExternal: [/^@vibewriter\//] },
  test: {
    globals: true,
    reporters: ["default", "./scripts/not-run-reporter.mjs"],
    // Two cores and emulated VMs: with many workers they would time out. Four, because most tests wait for a server or a clock.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "alone", include: alone } },
      {
        extends: true,
        test: {
          name: "together",
          include: ["{packages,apps,skills}/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...alone],
          // What they import costs more than what they do: one process has it for many of them.
          isolate: false,
          setupFiles: ["tests/support/leave-as-found.ts"],
        },
      },
    ],
  },
});
