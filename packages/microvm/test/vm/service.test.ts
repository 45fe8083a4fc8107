import type { TemplateSpec } from "../../src/index.js";
import { bytes, temporaryHome, text } from "../support/home.js";

/** Turns each request into upper case, and says how many it has had. */
const program = `
import socket, os
path = "/run/services/shout.sock"
server = socket.socket(socket.AF_UNIX)
server.bind(path)
os.chmod(path, 0o666)
server.listen()
count = 0
while True:
    peer, _ = server.accept()
    data = b""
    while chunk := peer.recv(65536):
        data += chunk
    # An empty request is somebody who looks whether the service is up.
    if data:
        count += 1
        peer.sendall(b"%d " % count + data.upper())
    peer.close()
`;

const template: TemplateSpec = {
  name: "shouting",
  memoryMiB: 256,
  layers: [],
  services: [{ name: "shout", argv: ["/usr/bin/python3", "-c", program], env: { LANG: "C.UTF-8" }, readyMs: 60_000 }],
};

test("a service of the template answers in every clone, and again after its VM was lost", async () => {
  await using scratch = await temporaryHome();
  await using vms = await scratch.open();
  const vm = await vms.create({ id: "reader", template });
  expect(text(await vm.service("shout", bytes("first")))).toBe("1 FIRST");
  const answers = await Promise.all(["a", "b", "c"].map((word) => vm.service("shout", bytes(word))));
  expect(answers.map((answer) => text(answer).slice(2)).sort()).toEqual(["A", "B", "C"]);
  const large = await vm.service("shout", Buffer.alloc(3_000_000, "x"));
  expect(large).toHaveLength(3_000_002);
  const [{ pid } = { pid: undefined }] = vms.list();
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  expect(text(await vm.service("shout", bytes("again")))).toBe("1 AGAIN");
  await expect(vm.service("absent", bytes("x"))).rejects.toMatchObject({
    code: expect.stringMatching(/service_unavailable|not_found/),
  });
}, 120_000);

test("a service that never comes up is named, and no template is left of it", async () => {
  await using scratch = await temporaryHome();
  await using vms = await scratch.open();
  const broken = { ...template, services: [{ name: "mute", argv: ["/bin/sleep", "60"], readyMs: 1_000 }] };
  await expect(vms.create({ template: broken })).rejects.toMatchObject({
    code: "template_failed",
    message: expect.stringContaining("mute"),
  });
  const failing = { ...template, services: [], warm: [["/bin/sh", "-c", "echo no good >&2; exit 3"]] };
  await expect(vms.create({ template: failing })).rejects.toMatchObject({
    code: "template_failed",
    message: expect.stringContaining("no good"),
  });
  expect(vms.list()).toEqual([]);
}, 120_000);
