// A stand-in for Firecracker's API, for tests only: no machine runs behind it. It answers as the published OpenAPI document of 1.16 says, and
// refuses what the document does not allow, so that what a test learns from it holds for the real one.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The bodies that the document describes: what they must have, and what they may have. */
const bodies: Record<string, { required: string[]; optional: string[] }> = {
  "PUT /machine-config": {
    required: ["mem_size_mib", "vcpu_count"],
    optional: ["cpu_template", "smt", "track_dirty_pages", "huge_pages"],
  },
  "PUT /boot-source": { required: ["kernel_image_path"], optional: ["boot_args", "initrd_path"] },
  "PUT /drives/": {
    required: ["drive_id", "is_root_device"],
    optional: ["partuuid", "cache_type", "is_read_only", "path_on_host", "rate_limiter", "io_engine", "socket"],
  },
  "PATCH /drives/": { required: ["drive_id"], optional: ["path_on_host", "rate_limiter"] },
  "PUT /vsock": { required: ["guest_cid", "uds_path"], optional: ["vsock_id"] },
  "PUT /balloon": {
    required: ["amount_mib", "deflate_on_oom"],
    optional: ["stats_polling_interval_s", "free_page_hinting", "free_page_reporting"],
  },
  "PUT /entropy": { required: [], optional: ["rate_limiter"] },
  "PUT /actions": { required: ["action_type"], optional: [] },
  "PATCH /vm": { required: ["state"], optional: [] },
  "PUT /snapshot/create": { required: ["mem_file_path", "snapshot_path"], optional: ["snapshot_type"] },
  "PUT /snapshot/load": {
    required: ["snapshot_path"],
    optional: [
      "track_dirty_pages",
      "mem_backend",
      "resume_vm",
      "network_overrides",
      "vsock_override",
      "clock_realtime",
    ],
  },
};

export interface FakeRequest {
  /** Such as `PUT /vsock`. */
  what: string;
  body: Record<string, unknown>;
}

/** What a test does with a request instead of the documented answer; true: it has answered. */
export type Trick = (request: FakeRequest, response: ServerResponse) => boolean;

export async function fakeFirecracker(trick: Trick = () => false) {
  const directory = await mkdtemp(join(tmpdir(), "vw-fake-"));
  const path = join(directory, "api");
  const requests: FakeRequest[] = [];
  let state: "Not started" | "Running" | "Paused" = "Not started";

  const refuse = (response: ServerResponse, message: string) => {
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ fault_message: message }));
  };
  const act = ({ what, body }: FakeRequest): string | undefined => {
    const isBooted = state !== "Not started";
    if (what === "PATCH /vm" || what === "PUT /snapshot/create" || what.startsWith("PATCH")) {
      if (!isBooted) return "The requested operation is not supported before starting the microVM.";
      if (what === "PUT /snapshot/create" && state !== "Paused") return "Create snapshot error: the microVM runs";
      if (what === "PATCH /vm") state = body.state === "Paused" ? "Paused" : "Running";
      return undefined;
    }
    if (isBooted) return "The requested operation is not supported after starting the microVM.";
    if (what === "PUT /actions") state = "Running";
    if (what === "PUT /snapshot/load") state = body.resume_vm === true ? "Running" : "Paused";
    return undefined;
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const request = { what: `${incoming.method} ${incoming.url}`, body: text === "" ? {} : JSON.parse(text) };
    requests.push(request);
    if (trick(request, response)) return;
    if (request.what === "GET /") {
      const info = { id: "fake", state, vmm_version: "1.16.1", app_name: "Firecracker" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(info));
      return;
    }
    const shape = bodies[request.what] ?? bodies[request.what.replace(/(\/drives\/)\w+$/, "$1")];
    if (shape === undefined) return refuse(response, `Invalid request method and/or path: ${request.what}.`);
    const keys = Object.keys(request.body);
    const unknown = keys.find((key) => ![...shape.required, ...shape.optional].includes(key));
    const missing = shape.required.find((key) => !keys.includes(key));
    if (unknown !== undefined) return refuse(response, `unknown field \`${unknown}\``);
    if (missing !== undefined) return refuse(response, `missing field \`${missing}\``);
    const fault = act(request);
    if (fault === undefined) response.writeHead(204).end();
    else refuse(response, fault);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    requests,
    state: () => state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
