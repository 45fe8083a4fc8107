// Publishes an article with a citation and kills itself on the way: `node killed.mjs <nats> <home> <index> <moment> <cited>`.
import { Backbone } from "@vibewriter/backbone";
import { Choir, lexicalEmbedder } from "../../dist/index.js";

const [url, home, index, moment, cited] = process.argv.slice(2);
const end = () => process.kill(process.pid, "SIGKILL");

const backbone = await Backbone.open({ url, home });
let isReady = false;
const choir = await Choir.open({
  // The article is in the stream and its citation is about to be.
  backbone: {
    files: backbone.files,
    project: (...args) => backbone.project(...args),
    effects: async (...args) => {
      const effects = await backbone.effects(...args);
      const publishEffect = effects.publishEffect.bind(effects);
      effects.publishEffect = (key, event) => {
        if (isReady && moment === "citing" && event.subject.startsWith("citation.")) end();
        return publishEffect(key, event);
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
const citations = [{ article: cited, context: "see there" }];
await choir.publish({ markdown: `# Killed while ${moment}\n\nText.`, author: "Ada", key: moment, citations });
