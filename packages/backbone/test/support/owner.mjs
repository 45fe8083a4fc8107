// Owns a nats-server until it is killed: `node owner.mjs <home>`, with the built package. Prints the server's pid.
import { Backbone } from "../../dist/index.js";

const backbone = await Backbone.open({ home: process.argv[2] });
process.stdout.write(`${backbone.server.pid}\n`);
setInterval(() => undefined, 60_000);
