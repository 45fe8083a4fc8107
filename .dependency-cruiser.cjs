/** Imports go down only: apps -> agent -> {microvm, evidence, choir, backbone}; choir and evidence -> backbone -> langgraph-nats. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: `^${from}/src` },
  to: { path: "^(packages|apps)/", pathNot: [`^${from}/`, ...allowed.map((p) => `^${p}/`)] },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only("microvm-stands-alone", "packages/microvm", []),
    only("langgraph-nats-stands-alone", "packages/langgraph-nats", []),
    only("backbone-direction", "packages/backbone", ["packages/langgraph-nats"]),
    only("evidence-direction", "packages/evidence", ["packages/backbone"]),
    only("choir-direction", "packages/choir", ["packages/backbone"]),
    only("agent-direction", "packages/agent", ["packages"]),
    only("server-direction", "apps/server", ["packages"]),
    only("cli-direction", "apps/cli", ["packages", "apps/server"]),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(dist|target)/" },
    tsConfig: { fileName: "tsconfig.tests.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@vibewriter/source", "import", "node", "default"],
    },
  },
};
