// Publishes an article with a citation and kills itself on the way: `node killed.mjs <nats> <home> <index> <moment> <cited>`.
import { Backbone } from "@vibewriter/backbone";
import { Choir, lexicalEmbedder } from "../../dist/index.js";

const [url, home, index, moment, cited] = process.argv.slice(2);
const end = () => process.kill(process.pid, "SIGKILL");

const backbone = await Backbone.open({ url, home });
const { effects, files } = backbone;
let isReady = false;
const choir = await Choir.open({
  // The article is in the stream and its citation is about to be.
  backbone: {
    files,
    effects: {
      get: (...args) => effects.get(...args),
      project: (...args) => effects.project(...args),
      publish: (subject, ...args) => {
        if (isReady && moment === "citing" && subject.startsWith("citation.")) end();
        return effects.publish(subject, ...args);
      },
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
