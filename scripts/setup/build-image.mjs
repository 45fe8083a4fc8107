// Builds the VM image: `node build-image.mjs <folder of the result> <folder of the parts>`. A process of its own, so that
// an interrupted set-up ends all of it at once. Progress on standard error, `{kernel, vmlinux, initrd, base, digest}` on standard output.
import { buildImage } from "../../packages/microvm/image/build.mjs";

const [outDir, cacheDir] = process.argv.slice(2);
// The whole group gets the signal: what runs now ends, and the clean-up after it is still to be done here.
process.on("SIGTERM", () => undefined);
const log = (line) => process.stderr.write(`${line}\n`);
process.stdout.write(JSON.stringify(await buildImage({ outDir, cacheDir, log })));
