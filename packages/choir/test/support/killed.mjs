// Publishes an article, cites another one in it, and kills itself on the way: `node killed.mjs <nats> <home> <index> <moment> <cited>`.
import { Backbone } from "@vibewriter/backbone";
import { articleId, Choir, KeyPair, lexicalEmbedder } from "../../dist/index.js";

const [url, home, index, moment, cited] = process.argv.slice(2);
const end = () => process.kill(process.pid, "SIGKILL");

const backbone = await Backbone.open({ url, home });
let isReady = false;
const choir = await Choir.open({
  // The citation is in the stream and nothing of it is projected.
  backbone: {
    files: backbone.files,
    project: (...args) => backbone.project(...args),
    effects: async (...args) => {
      const effects = await backbone.effects(...args);
      const publishEffect = effects.publishEffect.bind(effects);
      effects.publishEffect = async (key, event) => {
        const written = await publishEffect(key, event);
        if (isReady && moment === "citing" && event.subject.startsWith("citation.")) end();
        return written;
      };
      return effects;
    },
  },
  path: index,
  embedder: {
    ...lexicalEmbedder,
    // The article is in the stream and its projection has begun.
    embed: async (texts, purpose) => {
      if (isReady && moment === "projecting") end();
      return await lexicalEmbedder.embed(texts, purpose);
    },
  },
});
isReady = true;
const signer = KeyPair.fromSeed(Buffer.alloc(32, 99));
await choir.publish({ markdown: `# Killed while ${moment}\n\nText.`, author: "Ada", key: moment }, signer);
await choir.cite({ citing: articleId(moment), cited, claim: "see there" }, signer);
