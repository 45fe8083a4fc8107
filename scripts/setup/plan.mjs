import { compileStep } from "./compile.mjs";
import { packagesStep } from "./debian.mjs";
import { firecrackerStep } from "./firecracker.mjs";
import { imageStep } from "./image.mjs";
import { layerStep } from "./layer.mjs";
import { natsStep } from "./nats.mjs";
import { npmStep } from "./npm.mjs";

/** Compilers, if there is something to compile: npm's native module, or the guest agent. */
const toolsStep = packagesStep("Debian packages: compilers", async (context) => {
  const done = (await npmStep.current(context)) && (await imageStep.current(context));
  return done ? [] : ["tools"];
});

/** QEMU, and what builds images if there is one to build. */
const vmStep = packagesStep("Debian packages: virtual machine", async (context) => {
  const done = (await imageStep.current(context)) && (await layerStep.current(context));
  return done ? ["run"] : ["run", "image"];
});

/** The steps that need to be root. */
export const PACKAGE_STEPS = [toolsStep, vmStep];

/** Every step, and the steps it waits for; the rest runs side by side. */
export const PLAN = new Map([
  [toolsStep, []],
  [vmStep, [toolsStep]], // One apt-get at a time; the compilers first, since more waits for them.
  [npmStep, [toolsStep]],
  [natsStep, []],
  [firecrackerStep, []],
  [compileStep, [npmStep]],
  [imageStep, [toolsStep, vmStep]],
  [layerStep, [npmStep, vmStep]],
]);
