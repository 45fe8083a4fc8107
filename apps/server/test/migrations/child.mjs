import { Backbone } from "@vibewriter/backbone";
import { HomeState } from "../../dist/migrations/home-state.js";

// Migrates a home in a process of its own, and is killed with SIGKILL at a given step of it.
const [home = "", step = ""] = process.argv.slice(2);
let at = 0;
const count = () => {
  at += 1;
  if (at === Number(step)) process.kill(process.pid, "SIGKILL");
};
const log = { write: count };
const state = await HomeState.open({ home, isEmbedded: true, log, tell: count });
const backbone = await Backbone.open({ home });
const append = backbone.events.append.bind(backbone.events);
backbone.events.append = async (...args) => {
  count();
  const seq = await append(...args);
  count();
  return seq;
};
const open = backbone.records.bind(backbone);
backbone.records = async (bucket, schema) => {
  const records = await open(bucket, schema);
  const update = records.update.bind(records);
  records.update = async (...args) => {
    count();
    const after = await update(...args);
    count();
    return after;
  };
  return records;
};
await state.settle(backbone);
process.stdout.write(String(at));
await backbone.close();
process.exit(0);
