// Changes the passphrase of a keystore and kills itself before the n-th step on the disk: `node passphrase.mjs <folder> <n>`.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const [folder, last] = process.argv.slice(2);
let steps = -1;
for (const name of ["link", "rename", "rm"]) {
  const real = fs[name];
  fs[name] = async (...args) => {
    // What is cleared away besides is of no account.
    const counts = name !== "rm" || args[0].endsWith("authors.secret");
    if (steps >= 0 && counts && ++steps === Number(last)) process.kill(process.pid, "SIGKILL");
    return await real(...args);
  };
}
syncBuiltinESMExports();
const { Keystore } = await import("../../dist/index.js");
const keystore = await Keystore.open({ folder });
steps = 0;
await keystore.changePassphrase("battery staple");
