// Twenty authors publish and cite at once beside a ledger: `node writers.mjs <nats> <home> <index> <ledger> [AFTER]`: kills itself when that
// many articles and citations more are there, in the middle of what the others do.
import { Backbone } from "@vibewriter/backbone";
import { articleId, Choir, KeyPair, Ledger } from "../../dist/index.js";

const [url, home, index, path, after] = process.argv.slice(2);
let written = 0;
const backbone = await Backbone.open({ url, home });
const choir = await Choir.open({ backbone, path: index });
const ledger = await Ledger.open({ backbone, choir, path });
await Promise.all(Array.from({ length: 20 }, (_, i) => write(i)));
await ledger.settled();
process.exit(0);

async function write(i) {
  const signer = KeyPair.fromSeed(Buffer.alloc(32, 100 + i));
  for (let n = 0; n < 3; n++) {
    const request = { markdown: `# Article ${i}.${n}\n\nText ${i} ${n}.`, author: `author ${i}`, key: `k${i}.${n}` };
    const { id } = await choir.publish(request, signer);
    count();
    // The one that the author before has published last, as soon as it is there.
    const cited = articleId(`k${(i + 19) % 20}.0`);
    await choir.cite({ citing: id, cited, claim: "see there" }, signer).catch((error) => {
      if (error.code !== "unknown_article") throw error;
    });
    count();
  }
}

function count() {
  written++;
  if (after !== undefined && written === Number(after)) process.kill(process.pid, "SIGKILL");
}
