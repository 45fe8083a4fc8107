/** The compiler for Solidity: its standard JSON on standard input, its answer on standard output. Started by `contracts.mjs`, and ends with it. */
import { text } from "node:stream/consumers";
import soljson from "solc/soljson.js";
import wrapper from "solc/wrapper.js";

const answer: unknown = wrapper(soljson).compile(await text(process.stdin));
process.stdout.write(String(answer));
