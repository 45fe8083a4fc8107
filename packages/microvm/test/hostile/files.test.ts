// Paths and files that a hostile program prepares for the host's file calls. No host file has ever a part in it: the paths are the guest's.
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";
import { times } from "./scale.js";

/** Small, so that a bomb that overflows it goes off soon under emulation. */
const diskMiB = times(128, 48);

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "files", template, diskMiB });
  const prepare = [
    "cd /workspace",
    "mkfifo fifo",
    "ln -s /etc/shadow shadow",
    "ln -s loop2 loop1 && ln -s loop1 loop2",
    "ln -s /proc/self/root escape",
    "ln -s /dev/zero zero",
    "python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('sock')\"",
    "mkdir ring && ln -s .. ring/up",
  ].join(" && ");
  expect((await vm.exec({ command: prepare })).exitCode).toBe(0);
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

const refused: [string, string, string][] = [
  ["a way up", "/workspace/../../etc/passwd", "invalid_path"],
  ["a relative path", "etc/passwd", "invalid_path"],
  ["a NUL", "/workspace/a\0b", "invalid_path"],
  ["a path without end", `/${"a/".repeat(2_100)}`, "invalid_path"],
  ["a file of root", "/etc/shadow", "permission_denied"],
  ["a link to a file of root", "/workspace/shadow", "permission_denied"],
  ["a ring of links", "/workspace/loop1", "invalid_path"],
  ["a FIFO", "/workspace/fifo", "invalid_path"],
  ["a socket", "/workspace/sock", "invalid_path"],
  ["a device", "/dev/zero", "invalid_path"],
  ["a link to a device", "/workspace/zero", "invalid_path"],
  ["a process's root", "/proc/self/root/etc/passwd", "invalid_path"],
  ["a link to a process's root", "/workspace/escape/etc/passwd", "invalid_path"],
];

test.each(refused)("reading %s is refused at once", async (_, path, code) => {
  await expect(vm.files.read(path)).rejects.toMatchObject({ code });
});

test("writing through a link replaces the link, and what it led to stays", async () => {
  await vm.exec({ command: "echo kept > /workspace/target; ln -sf /workspace/target /workspace/link" });
  await vm.files.write("/workspace/link", bytes("new"));
  const { stdout } = await vm.exec({
    command: "cat /workspace/target /workspace/link; ls -ld /workspace/link | cut -c1",
  });
  expect(text(stdout)).toBe("kept\nnew-\n");
});

test("a folder that turns into a link and back never leads a call astray", async () => {
  const race = [
    "cd /workspace && mkdir -p real && echo inside > real/passwd",
    "end=$(($(date +%s) + 60))",
    "while [ $(date +%s) -lt $end ] && ! [ -e stop ]; do rm -rf race; ln -s /etc race; rm -f race; mkdir race; echo inside > race/passwd; done",
  ].join("\n");
  const racing = vm.exec({ argv: ["bash", "-c", race], timeoutMs: 90_000 });
  const seen = new Set<string>();
  for (let round = 0; round < times(2_000, 200); round++) {
    const write = vm.files.write("/workspace/race/planted", bytes("x"));
    const [read] = await Promise.allSettled([vm.files.read("/workspace/race/passwd"), write]);
    seen.add(read.status === "fulfilled" ? text(read.value).slice(0, 7).trim() : read.reason.code);
  }
  await vm.files.write("/workspace/stop", bytes(""));
  await racing;
  // Through the link the guest's own, public /etc/passwd is read: with the rights of the user, as any program could.
  for (const outcome of seen) expect(["inside", "", "root:x:", "not_found", "not_directory"]).toContain(outcome);
  const { stdout } = await vm.exec({ command: "ls /etc/planted 2>/dev/null; true" });
  expect(text(stdout)).toBe("");
}, 180_000);

test("names that look like something else stay names", async () => {
  const names = ["__proto__", "constructor", "\u001b[31mred\u001b[0m", "line\nbreak", "-rf", " ", "ü\u202egpj.exe"];
  for (const name of names) await vm.files.write(`/workspace/names/${name}`, bytes(name), { parents: true });
  const { entries } = await vm.files.list("/workspace/names");
  expect(new Set(entries.map(({ name }) => name))).toEqual(new Set(names));
  const found = await vm.files.glob("*", "/workspace/names");
  expect(found.entries.length).toBe(names.length);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("walking a ring of folders ends", async () => {
  const found = await vm.files.glob("**/*", "/workspace/ring");
  expect(found.entries.length).toBeLessThan(10);
});

test("a bomb of an archive fills the VM's own disk at most", async () => {
  const make = [
    "import zipfile",
    `with zipfile.ZipFile('/workspace/bomb.zip', 'w', zipfile.ZIP_DEFLATED) as z:`,
    `  for n in range(${times(64, 4)}): z.writestr(f'zeros{n}', bytes(16 * 1024 * 1024))`,
  ].join("\n");
  expect((await vm.exec({ argv: ["python3", "-c", make], timeoutMs: 300_000 })).exitCode).toBe(0);
  const packed = await vm.files.stat("/workspace/bomb.zip");
  expect(packed.size).toBeLessThan(2_000_000);
  const unpack = await vm.exec({
    command: "cd /workspace && mkdir out && python3 -m zipfile -e bomb.zip out 2>&1 | tail -n 1; rm -rf out bomb.zip",
    timeoutMs: 300_000,
  });
  expect(text(unpack.stdout)).toContain("No space left on device");
  expect(text((await vm.exec({ command: "echo well" })).stdout)).toBe("well\n");
}, 600_000);

test("an archive with ways up in it writes where the user may write, and nowhere else", async () => {
  const make = [
    "import tarfile, io",
    "t = tarfile.open('/workspace/up.tar', 'w')",
    "for name in ['../../../../etc/evil', '/etc/evil2', 'a/../../../evil3']:",
    "  i = tarfile.TarInfo(name); i.size = 1; t.addfile(i, io.BytesIO(b'x'))",
    "t.close()",
  ].join("\n");
  await vm.exec({ argv: ["python3", "-c", make] });
  await vm.exec({ command: "cd /workspace && mkdir -p deep && tar -P -C deep -xf up.tar" });
  const { stdout } = await vm.exec({ command: "ls /etc/evil /etc/evil2 2>/dev/null; true" });
  expect(text(stdout)).toBe("");
});
