import { type TestHome, testHome } from "../../../tests/support/home.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";
import { wordsOf } from "../src/commands/completion-words.js";
import { Pty } from "./support/pty.js";

const ESC = "\u001b";
const SIGTERM = 15;
const SIGKILL = 9;

/** `vibewriter vm shell` on a real terminal, into a real VM. */
describe("vibewriter vm shell", () => {
  let home: TestHome;
  const open = async (...argv: string[]) => {
    const pty = new Pty(home.path, ["vm", "shell", "lab", ...argv]);
    if (argv.length === 0) await pty.shows(/\$ /);
    return pty;
  };

  beforeAll(async () => {
    home = await testHome();
    const { code, stderr } = await cli(home.path, ["vm", "create", "--id", "lab", "--disk", "0"]);
    expect(code, stderr).toBe(0);
  }, 180_000);
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  }, 60_000);

  it("is a terminal: it echoes, knows its size and hears of a new one, and exits as the shell does", async () => {
    using pty = await open();
    pty.type("stty size; tty; echo $TERM\r");
    await pty.shows(/24 80\r\n\/dev\/pts\/\d+\r\nxterm-256color\r\n/);
    pty.resize(33, 111);
    await pty.shows(/\$ /);
    pty.type('until [ "$(stty size)" = "33 111" ]; do sleep 0.1; done; echo re"sized"\r');
    await pty.shows(/resized\r\n/);
    await pty.shows(/\$ /);
    pty.type("exit 7\r");
    expect(await pty.ended()).toEqual({ code: 7, restored: true });
  }, 60_000);

  it("gives Ctrl-C to the program, and goes on", async () => {
    using pty = await open();
    pty.type("sh -c 'echo be\"gun\"; exec sleep 100'\r");
    await pty.shows(/begun/);
    pty.type("\u0003");
    pty.type("echo $((1300 + 37))\r");
    await pty.shows(/1337\r\n/);
    await pty.shows(/\$ /);
    pty.type("\u0004");
    expect(await pty.ended()).toMatchObject({ restored: true });
  }, 60_000);

  it("runs another program, full of colours, without a change to a byte", async () => {
    using pty = await open("--", "printf", "\\033[31mred\\033[0m\\n");
    await pty.shows(new RegExp(`${ESC}\\[31mred${ESC}\\[0m\r\n`));
    expect(await pty.ended()).toEqual({ code: 0, restored: true });
  }, 60_000);

  it("brings the terminal back from a program that is left, with Enter ~ .", async () => {
    using pty = await open("--", "sh", "-c", "printf '\\033[?1049hother screen\\n'; sleep 1000");
    await pty.shows(/other screen/);
    pty.type("~~ is a tilde\r~.");
    await pty.shows(new RegExp(`${ESC}\\[\\?1049l`));
    await pty.shows(/Left the terminal/);
    expect(await pty.ended()).toEqual({ code: 130, restored: true });
  }, 60_000);

  it("brings it back when it is told to end", async () => {
    using pty = await open("--", "sh", "-c", "echo here; sleep 1000");
    await pty.shows(/here/);
    pty.kill(SIGTERM);
    expect(await pty.ended()).toEqual({ code: 143, restored: true });
  }, 60_000);

  it("killed, hangs up, and nothing of it is left in the VM", async () => {
    using pty = await open("--", "sh", "-c", "echo here; exec sleep 4321");
    await pty.shows(/here/);
    pty.kill(SIGKILL);
    await pty.ended();
    const look = "for i in $(seq 50); do pgrep -f 'sleep 432[1]' > /dev/null || exit 0; sleep 0.2; done; exit 1";
    expect(await cli(home.path, ["vm", "exec", "lab", "--", "sh", "-c", look])).toMatchObject({ code: 0 });
  }, 60_000);

  it("is completed with the VMs that there are", async () => {
    expect(await wordsOf(home.path, "vms", "l")).toEqual(["lab"]);
  });

  it("brings it back when the VM is ended under it", async () => {
    using pty = await open("--", "sh", "-c", "echo here; sleep 1000");
    await pty.shows(/here/);
    expect((await cli(home.path, ["vm", "destroy", "lab"])).code).toBe(0);
    const { code, restored } = await pty.ended();
    expect({ failed: code !== 0, restored }).toEqual({ failed: true, restored: true });
  }, 60_000);

  it("needs a terminal on both sides", async () => {
    for (const args of [
      ["vm", "shell", "lab"],
      ["vm", "shell", "--json", "lab"],
    ]) {
      const { code, stderr } = await cli(home.path, args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/needs a terminal on both sides/) });
    }
  });
});
