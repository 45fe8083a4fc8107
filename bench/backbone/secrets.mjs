// What it costs to look for secrets in everything that is stored. Published values are what a checkpoint of a long run is: prose in JSON.

import { randomBytes } from "node:crypto";
import { Secrets } from "../../packages/backbone/dist/index.js";
import { row } from "../measure.mjs";
import { prose } from "./prose.mjs";

const MIB = 2 ** 20;
const TIMES = 200;

/** Milliseconds for 1 MiB without any registered secret, and for each secret that is registered. */
export async function secretRows() {
  const bytes = checkpoint();
  const none = fastest(new Secrets(), bytes);
  const one = fastest(withSecrets(1), bytes);
  const twenty = fastest(withSecrets(20), bytes);
  return [
    row("backbone.screen_1m_patterns", none, "ms", null),
    row("backbone.screen_1m_first_secret", Math.max(0, one - none), "ms", { atMost: 0.5 }),
    row("backbone.screen_1m_each_secret", Math.max(0, twenty - none) / 20, "ms", { atMost: 0.2 }),
  ];
}

function checkpoint() {
  const text = JSON.stringify({ messages: prose(600, 2_000).map((content) => ({ content })) });
  return Buffer.from(text).subarray(0, MIB);
}

function withSecrets(count) {
  const secrets = new Secrets();
  for (let n = 0; n < count; n++) secrets.register(`key-${n}`, `key-${randomBytes(48).toString("base64url")}`);
  return secrets;
}

/** Of many, the fastest: the machine has other things to do, too, and they only ever add. */
function fastest(secrets, bytes) {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TIMES; n++) {
    const started = performance.now();
    secrets.screen(bytes);
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
