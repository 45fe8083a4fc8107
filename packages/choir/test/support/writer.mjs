// Publishes articles, twenty at a time, that all cite the first one: `node writer.mjs <nats> <home> <index> <count>`.
import { Backbone } from "@vibewriter/backbone";
import { articleId, Choir, KeyPair } from "../../dist/index.js";

const [url, home, index, count] = process.argv.slice(2);
const backbone = await Backbone.open({ url, home });
const choir = await Choir.open({ backbone, path: index });
console.log("open");
await publish(0);
for (let i = 1; i < Number(count); i += 20) {
  await Promise.all(Array.from({ length: 20 }, (_, n) => publish(i + n)));
}

async function publish(i) {
  const signer = KeyPair.fromSeed(Buffer.alloc(32, i));
  await choir.publish({ markdown: `# Article ${i}\n\nText ${i}.`, author: "Ada", key: `k${i}` }, signer);
  if (i > 0)
    await choir.cite({ citing: articleId(`k${i}`), cited: articleId("k0"), claim: "the first of them" }, signer);
}
