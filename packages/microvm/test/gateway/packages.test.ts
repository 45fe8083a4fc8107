// The package managers themselves, in a VM whose image has them, against an index and a registry that the test serves.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { template, temporaryHome, text } from "../support/home.js";
import { TestInternet } from "../support/outside.js";

const minutes = 60_000;
const egress = { allow: [{ host: "pypi.example.com" }, { host: "registry.example.com" }] };

let home: Awaited<ReturnType<typeof temporaryHome>>;
let internet: TestInternet;
let folder: string;
let vms: MicroVMs;
let vm: MicroVM;
const served = new Map<string, Uint8Array | string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-packages-"));
  internet = new TestInternet();
  internet.know("pypi.example.com", "registry.example.com", "elsewhere.example.com");
  await internet.http(80, (request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const content = served.get(`${request.headers.host}${path}`);
    response.writeHead(content === undefined ? 404 : 200, { "content-type": typeOf(path) }).end(content);
  });
  home = await temporaryHome({ templates: "own" });
  vms = await home.open({ gateway: internet.gateway({}) });
  const recipe = join(folder, "image.yaml");
  // Debian's own npm would bring hundreds of packages.
  await writeFile(recipe, "name: managers\npip: [pip]\nnpm: [npm@10]\n");
  await vms.images.build(recipe);
  const spec = { ...template, name: "managers", image: "managers", memoryMiB: 512, warm: [] };
  vm = await vms.create({ id: "managers", template: spec, diskMiB: 512, egress });
  await serveWheel();
  await serveTarball();
}, 10 * minutes);

afterAll(async () => {
  await vms?.stopAll();
  await internet?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test(
  "pip installs what the policy allows, and nothing from elsewhere",
  async () => {
    const pip = (host: string) =>
      vm.exec({
        command: `python3 -m pip install --quiet --no-cache-dir --disable-pip-version-check --retries 0 --target /workspace/py --index-url http://${host}/simple --trusted-host ${host} tiny 2>&1`,
        timeoutMs: 5 * minutes,
      });
    const installed = await pip("pypi.example.com");
    expect(installed, text(installed.stdout)).toMatchObject({ exitCode: 0 });
    const used = await vm.exec({ command: "PYTHONPATH=/workspace/py python3 -c 'import tiny; print(tiny.size)'" });
    expect(text(used.stdout)).toBe("42\n");
    expect((await pip("elsewhere.example.com")).exitCode).not.toBe(0);
  },
  12 * minutes,
);

test(
  "npm installs what the policy allows, and nothing from elsewhere",
  async () => {
    const npm = (host: string) =>
      vm.exec({
        command: `mkdir -p /workspace/js && cd /workspace/js && npm install --no-audit --no-fund --no-update-notifier --fetch-retries=0 --registry http://${host}/ tiny 2>&1`,
        timeoutMs: 5 * minutes,
      });
    const installed = await npm("registry.example.com");
    expect(installed, text(installed.stdout)).toMatchObject({ exitCode: 0 });
    const used = await vm.exec({ command: "cd /workspace/js && node -e 'console.log(require(\"tiny\").size)'" });
    expect(text(used.stdout)).toBe("42\n");
    await vm.exec({ command: "rm -rf /workspace/js" });
    expect((await npm("elsewhere.example.com")).exitCode).not.toBe(0);
  },
  12 * minutes,
);

/** Both packages are made in the VM, which has the tools for it, and served from here. */
async function serveWheel(): Promise<void> {
  const make = [
    "import zipfile",
    "with zipfile.ZipFile('/tmp/tiny.whl', 'w') as z:",
    "  z.writestr('tiny.py', 'size = 42\\n')",
    "  z.writestr('tiny-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')",
    "  z.writestr('tiny-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
    "  z.writestr('tiny-1.0.dist-info/RECORD', 'tiny.py,,\\n')",
  ].join("\n");
  expect((await vm.exec({ argv: ["python3", "-c", make] })).exitCode).toBe(0);
  const file = "tiny-1.0-py3-none-any.whl";
  served.set(`pypi.example.com/files/${file}`, await vm.files.read("/tmp/tiny.whl"));
  served.set("pypi.example.com/simple/tiny/", `<html><body><a href="/files/${file}">${file}</a></body></html>`);
}

async function serveTarball(): Promise<void> {
  const make = [
    "mkdir -p /tmp/pack/package && cd /tmp/pack",
    'echo \'{"name":"tiny","version":"1.0.0","main":"index.js"}\' > package/package.json',
    "echo 'exports.size = 42;' > package/index.js",
    "tar -czf /tmp/tiny.tgz package",
  ].join(" && ");
  expect((await vm.exec({ command: make })).exitCode).toBe(0);
  const tarball = "http://registry.example.com/tiny/-/tiny-1.0.0.tgz";
  const version = { name: "tiny", version: "1.0.0", main: "index.js", dist: { tarball } };
  served.set("registry.example.com/tiny/-/tiny-1.0.0.tgz", await vm.files.read("/tmp/tiny.tgz"));
  served.set(
    "registry.example.com/tiny",
    JSON.stringify({ name: "tiny", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } }),
  );
}

function typeOf(path: string): string {
  if (path.endsWith("/")) return "text/html";
  return /\.(whl|tgz)$/.test(path) ? "application/octet-stream" : "application/json";
}
