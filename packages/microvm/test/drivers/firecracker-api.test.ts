import type { ServerResponse } from "node:http";
import { ApiFault, FirecrackerApi } from "../../src/drivers/firecracker/client.js";
import { jailerArguments } from "../../src/drivers/firecracker/jailer.js";
import { configure, diskRate } from "../../src/drivers/firecracker/shape.js";
import { findCgroups } from "../../src/drivers/host/cgroup.js";
import { fakeFirecracker } from "./fake-firecracker.js";

const image = { kernel: "/k", vmlinux: "/v", initrd: "/i", base: "/b", digest: "0" };
const spec = { image, layers: ["/l0", "/l1"], memoryMiB: 256, vcpus: 2, limits: { diskBytesPerSecond: 5_000_000 } };
const load = {
  snapshot_path: "state",
  mem_backend: { backend_type: "File", backend_path: "memory" },
  resume_vm: false,
} as const;

describe("requests", () => {
  test("a machine is configured with what the document allows, drives in their order, and starts", async () => {
    await using fake = await fakeFirecracker();
    const api = new FirecrackerApi(fake.path);
    await configure(api, spec);
    await api.call("createSyncAction", { action_type: "InstanceStart" });
    expect(await api.call("describeInstance")).toMatchObject({ state: "Running", vmm_version: "1.16.1" });
    expect(fake.requests.map(({ what }) => what)).toEqual([
      "PUT /machine-config",
      "PUT /boot-source",
      "PUT /drives/base",
      "PUT /drives/layer0",
      "PUT /drives/layer1",
      "PUT /drives/disk",
      "PUT /vsock",
      "PUT /balloon",
      "PUT /entropy",
      "PUT /actions",
      "GET /",
    ]);
    expect(fake.requests[5]?.body).toEqual({
      drive_id: "disk",
      path_on_host: "disk",
      is_root_device: false,
      is_read_only: false,
      io_engine: "Sync",
      cache_type: "Writeback",
      rate_limiter: { bandwidth: { size: 5_000_000, refill_time: 1_000 } },
    });
  });

  test("a saved machine is loaded, its disk's rate set, and then resumed; it is paused only to be saved", async () => {
    await using fake = await fakeFirecracker();
    const api = new FirecrackerApi(fake.path);
    await api.call("loadSnapshot", load);
    await api.call("patchGuestDriveByID", diskRate(undefined));
    expect(fake.state()).toBe("Paused");
    await api.call("patchVm", { state: "Resumed" });
    expect(fake.state()).toBe("Running");
    expect(fake.requests[1]?.body).toEqual({
      drive_id: "disk",
      rate_limiter: { bandwidth: { size: 0, refill_time: 0 } },
    });
    const files = { snapshot_path: "s", mem_file_path: "m" };
    await expect(api.call("createSnapshot", { snapshot_type: "Full", ...files })).rejects.toBeInstanceOf(ApiFault);
    await api.call("patchVm", { state: "Paused" });
    await api.call("createSnapshot", { snapshot_type: "Full", ...files });
  });

  test("what is refused comes back with its status and Firecracker's words", async () => {
    await using fake = await fakeFirecracker();
    const api = new FirecrackerApi(fake.path);
    const refused = await api.call("patchVm", { state: "Paused" }).catch((error) => error);
    expect(refused).toBeInstanceOf(ApiFault);
    expect(refused).toMatchObject({
      code: "internal",
      operation: "patchVm",
      status: 400,
      message:
        "Firecracker failed at patchVm: The requested operation is not supported before starting the microVM; start the VM again.",
    });
  });
});

describe("answers that are not as they should be", () => {
  const text = (status: number, body: string) => (response: ServerResponse) => {
    response.writeHead(status).end(body);
  };
  const endless = (response: ServerResponse) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(65_536, 0x20)), 1);
    response.once("close", () => clearInterval(timer));
  };

  test.each<[what: string, answer: (response: ServerResponse) => void, message: RegExp]>([
    ["nothing at all", () => undefined, /no answer within 0\.3 s/],
    ["the beginning of an answer", (response) => void response.writeHead(200).write("{"), /no answer within 0\.3 s/],
    ["the end of the connection", (response) => response.destroy(), /the connection was lost/],
    ["something without end", endless, /longer than 262144 bytes/],
    ["something that is not HTTP", (response) => void response.socket?.end("no HTTP\n"), /the connection was lost/],
    ["another status than is documented", text(302, ""), /answered 302 with something else/],
    ["a success with a body", text(200, "{}"), /answered 200 with something else/],
    ["a refusal that is no JSON", text(400, "\x1b[31mgo away\n"), / \[31mgo away ;/],
    ["a refusal without a reason", text(500, ""), /no reason was given/],
    ["a refusal that is long", text(400, JSON.stringify({ fault_message: "x".repeat(10_000) })), /: x{500};/],
  ])("%s is an error, and not waited for", async (_, answer, message) => {
    await using fake = await fakeFirecracker((__, response) => {
      answer(response);
      return true;
    });
    const api = new FirecrackerApi(fake.path);
    const failed = await api.call("patchVm", { state: "Paused" }, { deadlineMs: 300 }).catch((error) => error);
    expect(failed).toBeInstanceOf(ApiFault);
    expect(failed.message).toMatch(message);
  });

  test.each([
    ["of another kind", "[]"],
    ["with a state that is not known", JSON.stringify({ id: "", state: "Dancing", vmm_version: "", app_name: "" })],
    ["that is no JSON", "{"],
  ])("a description %s is refused", async (_, body) => {
    await using fake = await fakeFirecracker((__, response) => {
      response.writeHead(200).end(body);
      return true;
    });
    const api = new FirecrackerApi(fake.path);
    await expect(api.call("describeInstance")).rejects.toMatchObject({ operation: "describeInstance", status: 200 });
  });

  test("an API that nobody serves is given up at once if its process is gone, and at the deadline if not", async () => {
    const api = new FirecrackerApi("/nonexistent/api");
    const begun = Date.now();
    await expect(api.ready({ deadlineMs: 60_000, isDoomed: () => true })).rejects.toMatchObject({
      code: "connection_lost",
    });
    await expect(api.ready({ deadlineMs: 100, isDoomed: () => false })).rejects.toMatchObject({
      code: "connection_lost",
    });
    expect(Date.now() - begun).toBeLessThan(5_000);
    await expect(api.call("describeInstance")).rejects.toMatchObject({
      message: expect.stringMatching(/connection was lost/),
    });
  });
});

describe("the jailer's arguments", () => {
  const record = {
    driver: "firecracker" as const,
    token: "551e7604-e35c-42b3-b825-416853441234",
    rpc: { path: "/run/551e7604/root/v.sock", vsockPort: 52 },
    control: "/run/551e7604/root/api",
    log: "/log",
    jail: "/run/551e7604",
    uid: 1_900_000_000,
    cgroups: [],
  };
  const binaries = { firecracker: "/opt/firecracker", jailer: "/opt/jailer" };
  const v2 = { version: 2 as const, roots: { cpu: "/c", memory: "/c", pids: "/c" } };
  const limitsOf = (args: string[]) => args.filter((_, index) => args[index - 1] === "--cgroup");
  const argumentsFor = (cgroups: Parameters<typeof jailerArguments>[0]["cgroups"], cpus?: number) =>
    jailerArguments({ binaries, cgroups, record, spec: { ...spec, limits: { cpus } }, largestFile: 1_000 });

  test("name the machine, its user, its folder and its bounds", () => {
    const args = argumentsFor(v2, 1.5);
    expect(args.slice(0, args.indexOf("--cgroup"))).toEqual([
      ...["--id", record.token, "--exec-file", "/opt/firecracker", "--uid", "1900000000", "--gid", "1900000000"],
      ...["--chroot-base-dir", "/run/551e7604", "--cgroup-version", "2", "--parent-cgroup", "vibewriter"],
    ]);
    expect(limitsOf(args)).toEqual(["memory.max=402653184", "pids.max=34", "cpu.max=150000 100000"]);
    expect(args).toEqual(expect.arrayContaining(["fsize=67109864", "no-file=1024", "--daemonize", "--new-pid-ns"]));
    const ofFirecracker = args.slice(args.indexOf("--") + 1);
    expect(ofFirecracker.slice(0, 4)).toEqual(["--api-sock", "api", "--log-path", "log"]);
    expect(ofFirecracker.join(" ")).not.toMatch(/seccomp/);
  });

  test("follow the version of the host's control groups, and what there is of them", () => {
    const v1 = { version: 1 as const, roots: { cpu: "/c/cpu", memory: "/c/memory" } };
    expect(limitsOf(argumentsFor(v1, 0.25))).toEqual(["memory.limit_in_bytes=402653184", "cpu.cfs_quota_us=25000"]);
    expect(limitsOf(argumentsFor(v2))).toEqual(["memory.max=402653184", "pids.max=34"]);
    const none = argumentsFor({ version: 1, roots: {} });
    expect(none.filter((argument) => argument.includes("cgroup"))).toEqual([]);
  });

  test("control groups are those of version 2 where it has the controllers, else those of version 1", () => {
    const mounts = [
      "cgroup /c/cpu cgroup rw,cpu,cpuacct 0 0",
      "cgroup /c/memory cgroup rw,memory 0 0",
      "cgroup2 /c/unified cgroup2 rw 0 0",
    ].join("\n");
    expect(findCgroups(mounts, () => "cpuset cpu io memory pids\n")).toEqual({
      version: 2,
      roots: { cpu: "/c/unified", memory: "/c/unified", pids: "/c/unified" },
    });
    expect(findCgroups(mounts, () => "")).toEqual({ version: 1, roots: { cpu: "/c/cpu", memory: "/c/memory" } });
    expect(findCgroups("", () => "")).toEqual({ version: 1, roots: {} });
  });
});
