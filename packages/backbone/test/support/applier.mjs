// Applies effects of TEST_EFFECTS until it kills itself, with the built package:
// `node applier.mjs <nats> <home> <file> <own|server> <payload it dies at> <before|after>`.
// Each effect is a line of the file; with "own", the line is also the position.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { Backbone } from "../../dist/index.js";

const [url, home, file, place, fatal, when] = process.argv.slice(2);
const lines = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").filter(Boolean) : []);
const backbone = await Backbone.open({ url, home });
const effects = await backbone.effects("TEST_EFFECTS", ["test.*"]);
backbone.project(effects, {
  name: `applier-${place}`,
  ...(place === "own" && { position: Number(lines().at(-1)?.split(" ")[0] ?? 0) }),
  apply({ seq, payload }) {
    const line = `${seq} ${payload}`;
    if (payload === fatal && when === "before") process.kill(process.pid, "SIGKILL");
    if (!lines().includes(line)) appendFileSync(file, `${line}\n`);
    process.stdout.write(`${payload}\n`);
    if (payload === fatal && when === "after") process.kill(process.pid, "SIGKILL");
  },
});
