// Keeps a ledger until it is killed: `node bookkeeper.mjs <nats> <home> <index> <ledger> <now in ms> <postings to die after>`.
import { Backbone } from "@vibewriter/backbone";
import { Choir, Ledger, lexicalEmbedder } from "../../dist/index.js";

const [url, home, index, path, now, last] = process.argv.slice(2);
const backbone = await Backbone.open({ url, home });
const choir = await Choir.open({
  backbone,
  path: index,
  embedder: { ...lexicalEmbedder, model: "semantic-test", mode: "semantic" },
});
let posted = 0;
const ledger = await Ledger.open({
  backbone: {
    effects: async (...args) => {
      const effects = await backbone.effects(...args);
      const publishEffect = effects.publishEffect.bind(effects);
      effects.publishEffect = async (...event) => {
        // Half of the times the posting is stored and nobody knows of it.
        if (posted === Number(last) && posted % 2 === 0) process.kill(process.pid, "SIGKILL");
        const stored = await publishEffect(...event);
        if (posted++ === Number(last)) process.kill(process.pid, "SIGKILL");
        return stored;
      };
      return effects;
    },
  },
  choir,
  path,
  now: () => Number(now),
});
await ledger.settled();
process.exit(0);
