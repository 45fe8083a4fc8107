import { resolve } from "node:path";
import type { Image } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { longWork } from "../long-work.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter image build FILE`: says each step; with `--verbose` also what the package managers say. */
export async function imageBuild(context: Context, file: string, o: { verbose?: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const { images } = await connect(context);
  return longWork(context, "Building an image; packages are fetched on the way", async (signal) => {
    let step = "";
    const { image, built } = await images.build(resolve(context.cwd, file), {
      signal,
      onProgress: (progress) => {
        if (progress.step !== step) terminal.note(plain(progress.step));
        step = progress.step;
        if (o.verbose && progress.line !== undefined) terminal.note(`  ${plain(progress.line)}`);
      },
    });
    if (terminal.json) terminal.printJson({ image, built });
    else if (!built) terminal.print(`${plain(image.name)} is there already, from the same recipe.`);
    else terminal.print(`Built ${plain(image.name)} (${size(image.bytes)} over ${plain(image.from)}).`);
  });
}

/** `vibewriter image list`. */
export async function imageList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const images = await (await connect(context)).images.list();
  if (terminal.json) terminal.printJson({ images });
  else if (images.length === 0) terminal.print("No images but the base; make one with vibewriter image build FILE.");
  else for (const line of imageTable(images, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter image rm NAME`. */
export async function imageRemove(context: Context, name: string): Promise<ExitCode> {
  await (await connect(context)).images.remove(name);
  if (context.terminal.json) context.terminal.printJson({ removed: name });
  else context.terminal.print(`Removed ${plain(name)}.`);
  return EXIT.done;
}

function imageTable(images: readonly Image[], width: number): string[] {
  const rows = images.map((image) => [
    plain(image.name),
    plain(image.from),
    image.architecture,
    size(image.bytes),
    age(image.createdAt, Date.now()),
    String(image.users.length),
    plain(Object.values(image.adds).flat().join(" ")),
  ]);
  return table([["IMAGE", "FROM", "FOR", "SIZE", "AGE", "USERS", "ADDS"], ...rows], width);
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
