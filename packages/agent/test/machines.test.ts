import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { MicroVMs } from "@vibewriter/microvm";
import { z } from "zod";
import { buildLayer } from "../../microvm/image/layer.mjs";
import { AgentVMs } from "../src/machines.js";

const Setup = z.object({
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
});

let home: string;
let image: z.infer<typeof Setup>["image"];

beforeAll(async () => {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  ({ image } = Setup.parse(JSON.parse(await readFile(join(real, "setup.json"), "utf8"))));
  home = await mkdtemp(join(tmpdir(), "vw-agent-"));
  await mkdir(join(real, "cache"), { recursive: true });
  await symlink(join(real, "cache"), join(home, "cache"));
});

afterAll(async () => {
  await MicroVMs.cleanUp(home);
  await rm(home, { recursive: true, force: true });
});

test.each(["running", "stopped"])(
  "after a new set-up an agent's VM, found %s, has its files and the new layer",
  async (state) => {
    const folder = `/workspace/${state}`;
    const older = await layer("older");
    const before = await MicroVMs.open({ home, image });
    const first = await new AgentVMs(before, { layer: older }).backend(state, folder);
    await first.write(`${folder}/kept.txt`, "kept");
    expect((await first.execute("cat /skills/age.txt kept.txt")).output).toBe("older kept");
    await (state === "running" ? before.detach() : before.stopAll());
    await rm(older);

    await using after = await MicroVMs.open({ home, image });
    expect(after.list()).toMatchObject([{ id: `agent-${state}`, state }]);
    const machines = new AgentVMs(after, { layer: await layer("newer") });
    const [one, two] = await Promise.all([machines.backend(state, folder), machines.backend(state, `${folder}/two`)]);
    expect((await one.execute("cat /skills/age.txt kept.txt")).output).toBe("newer kept");
    expect((await two.execute("cat /skills/age.txt ../kept.txt")).output).toBe("newer kept");
    await after.destroy(`agent-${state}`);
  },
  120_000,
);

/** A layer with nothing but its age. */
async function layer(age: string): Promise<string> {
  const [file, out] = [join(home, `${age}.txt`), join(home, `${age}.erofs`)];
  await writeFile(file, `${age} `);
  await buildLayer({ files: { "/skills/age.txt": file }, out });
  return out;
}
