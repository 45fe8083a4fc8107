import { z } from "zod";
import { type Finished, cli as run } from "../../../tests/support/cli.js";
import { type TestHome, testHome } from "../../../tests/support/home.js";

const Vm = z.object({
  id: z.string(),
  state: z.enum(["running", "stopped"]),
  isolation: z.enum(["hardware", "emulated"]),
  memoryMiB: z.number(),
  diskMiB: z.number().optional(),
  labels: z.record(z.string(), z.string()),
});
const One = z.object({ vm: Vm });
const All = z.object({ vms: z.array(Vm) });

/** One home, one server and one VM for all that a person does with VMs. */
describe("vibewriter vm", () => {
  let home: TestHome;
  const cli = (...args: string[]): Promise<Finished> => run(home.path, args);
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await cli("--json", ...args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\{.*\}\n$/);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    home = await testHome();
    const { vm } = One.parse(await json("vm", "create", "--id", "lab", "--disk", "512M", "--label", "team=red"));
    expect(vm).toMatchObject({ id: "lab", state: "running", diskMiB: 512, labels: { team: "red" } });
  }, 180_000);

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  }, 60_000);

  it("list shows each with its state and isolation", async () => {
    const { stdout } = await cli("vm", "list");
    expect(stdout).toMatch(/^VM +STATE +ISOLATION/);
    expect(stdout).toMatch(/^lab +running +(hardware|emulated) .*512 MiB .*team=red/m);
    expect(All.parse(await json("vm", "list")).vms.map(({ id }) => id)).toEqual(["lab"]);
  });

  it("exec passes output on as it comes, and exits as the command does", async () => {
    const script = "echo $COLOR; pwd; echo bad >&2; exit 7";
    const { code, stdout, stderr } = await cli(
      ...["vm", "exec", "lab", "--env", "COLOR=blue", "--cwd", "/tmp", "--", "sh", "-c", script],
    );
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "blue\n/tmp\n", stderr: "bad\n" });
    const said = await json("vm", "exec", "lab", "--", "echo", "hello");
    expect(said).toMatchObject({ exitCode: 0, stdout: "hello\n", stderr: "", timedOut: false, truncated: false });
  });

  it.each<[what: string, args: string[], code: number, says: RegExp]>([
    ["a command that is not there", ["exec", "lab", "--", "nosuch"], 127, /no program nosuch/],
    [
      "a command that takes too long",
      ["exec", "lab", "--timeout", "1s", "--", "sleep", "60"],
      124,
      /more with --timeout/,
    ],
    ["a VM that is not there", ["exec", "nobody", "--", "true"], 2, /There is no VM nobody/],
    ["an id that is taken", ["create", "--id", "lab"], 2, /A VM lab exists already/],
    ["an id of an agent", ["create", "--id", "agent-x"], 2, /"agent-" are for agents/],
    ["an id that is none", ["create", "--id", "a b"], 2, /an id has letters/],
    ["a label of the server", ["create", "--label", "role=work"], 2, /choose another/],
    ["the stop of one that is not there", ["stop", "nobody"], 2, /There is no VM nobody/],
    ["the start of one that is not there", ["start", "nobody"], 2, /There is no VM nobody/],
    ["the end of one that is not there", ["destroy", "nobody"], 2, /There is no VM nobody/],
  ])("%s is said in one sentence", async (_, args, code, says) => {
    const refused = await cli("vm", ...args);
    expect(refused).toMatchObject({ code, stdout: "" });
    expect(refused.stderr).toMatch(says);
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  });

  it("stop keeps the disk, start and exec bring it back", async () => {
    await cli("vm", "exec", "lab", "--", "sh", "-c", "echo kept > /workspace/kept");
    expect(One.parse(await json("vm", "stop", "lab")).vm.state).toBe("stopped");
    expect(One.parse(await json("vm", "stop", "lab")).vm.state).toBe("stopped");
    expect(One.parse(await json("vm", "start", "lab")).vm.state).toBe("running");
    await cli("vm", "stop", "lab");
    expect((await cli("vm", "exec", "lab", "--", "cat", "/workspace/kept")).stdout).toBe("kept\n");
  });

  it("destroy leaves nothing", async () => {
    await json("vm", "create", "--id", "gone", "--disk", "0");
    expect(await json("vm", "destroy", "gone")).toEqual({ destroyed: "gone" });
    expect(All.parse(await json("vm", "list")).vms.map(({ id }) => id)).toEqual(["lab"]);
  });
});
