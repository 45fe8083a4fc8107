import type { Command } from "commander";
import { imageBuild, imageList, imageRemove } from "../commands/image.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter image ...`; each action hands its exit code to `done`. */
export function addImageCommands(program: Command, context: Context, done: (code: number) => void): void {
  const image = program.command("image").description("what microVMs are made from");
  add(image, "build <file>", "build the image that a file describes: the base, and packages and files over it")
    .option("--verbose", "say what the package managers say")
    .addHelpText("after", example("vibewriter image build market-data.yaml"))
    .action(async (file: string, o: { verbose?: boolean }) => done(await imageBuild(context, file, o)));
  add(image, "list", "list them").action(async () => done(await imageList(context)));
  add(image, "rm", "remove one that no VM and no snapshot stands on")
    .argument("<image>", "its name", idFrom("vibewriter image list"))
    .addHelpText("after", example("vibewriter image rm market-data"))
    .action(async (name: string) => done(await imageRemove(context, name)));
}
