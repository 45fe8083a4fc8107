// Serves the subscriptions of a home and is killed on the way: `node killed.mjs <nats> <home> <index> <host> <moment>`.
import { Backbone } from "@vibewriter/backbone";
import { Choir } from "@vibewriter/choir";
import { Follows } from "../../dist/follows/follows.js";

const [url, home, path, host, moment] = process.argv.slice(2);
const end = () => process.kill(process.pid, "SIGKILL");
const backbone = await Backbone.open({ url, home });
const choir = await Choir.open({ backbone, path });

if (moment === "told") {
  // On the event stream, and nothing else of it.
  const append = backbone.events.append.bind(backbone.events);
  backbone.events.append = async (...args) => {
    await append(...args);
    end();
  };
}
if (moment === "boxed") {
  // In the box, and not sent.
  globalThis.fetch = async () => end();
}
await Follows.open({
  backbone,
  choir,
  host,
  webhookSecret: process.env.WEBHOOK_SECRET,
  log: { write: () => undefined },
  waits: [50],
});
// The parent looks for how it ended.
setTimeout(() => process.exit(1), 60_000);
