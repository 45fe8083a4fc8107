import { z } from "zod";

// After the OpenAPI document of Firecracker 1.16 (`firecracker.yaml` of its release), as far as the driver goes.

const count = z.number().int().nonnegative();

/** A bucket of `size` tokens that takes `refill_time` milliseconds to fill; of size 0: no limit. */
const tokenBucket = z.object({ size: count, refill_time: count, one_time_burst: count.nullish() });
const rateLimiter = z.object({ bandwidth: tokenBucket.nullish(), ops: tokenBucket.nullish() });

const machineConfiguration = z.object({
  vcpu_count: z.number().int().min(1).max(32),
  mem_size_mib: z.number().int().positive(),
  smt: z.boolean().optional(),
});

const bootSource = z.object({
  kernel_image_path: z.string(),
  initrd_path: z.string().nullish(),
  boot_args: z.string().nullish(),
});

const drive = z.object({
  drive_id: z.string(),
  is_root_device: z.boolean(),
  is_read_only: z.boolean(),
  path_on_host: z.string(),
  cache_type: z.enum(["Unsafe", "Writeback"]).optional(),
  io_engine: z.enum(["Sync", "Async"]).optional(),
  rate_limiter: rateLimiter.nullish(),
});

const partialDrive = z.object({ drive_id: z.string(), rate_limiter: rateLimiter });

const vsock = z.object({ guest_cid: z.number().int().min(3), uds_path: z.string() });

const balloon = z.object({
  amount_mib: count,
  deflate_on_oom: z.boolean(),
  free_page_reporting: z.boolean().optional(),
});

const entropyDevice = z.object({ rate_limiter: rateLimiter.nullish() });

const snapshotCreate = z.object({
  snapshot_type: z.enum(["Full", "Diff"]),
  snapshot_path: z.string(),
  mem_file_path: z.string(),
});

const snapshotLoad = z.object({
  snapshot_path: z.string(),
  mem_backend: z.object({ backend_type: z.enum(["File", "Uffd"]), backend_path: z.string() }),
  resume_vm: z.boolean(),
});

const instanceInfo = z.object({
  app_name: z.string(),
  id: z.string(),
  state: z.enum(["Not started", "Running", "Paused"]),
  vmm_version: z.string(),
});

const fullVmConfiguration = z.object({
  "machine-config": machineConfiguration,
  "boot-source": bootSource.nullish(),
  drives: z.array(drive),
  vsock: vsock.nullish(),
  balloon: balloon.nullish(),
  entropy: entropyDevice.nullish(),
  "network-interfaces": z.array(z.unknown()),
});

/** What a refused request is answered with. */
export const apiError = z.object({ fault_message: z.string() });

const nothing = z.undefined();
const get = <Answer extends z.ZodType>(path: string, answer: Answer) =>
  ({ method: "GET", path: () => path, body: nothing, answer }) as const;
const change = <Method extends "PUT" | "PATCH", Body extends z.ZodType>(method: Method, path: string, body: Body) =>
  ({ method, path: () => path, body, answer: nothing }) as const;

/** The operations that the driver uses, by their `operationId`. */
export const operations = {
  describeInstance: get("/", instanceInfo),
  getExportVmConfig: get("/vm/config", fullVmConfiguration),
  putMachineConfiguration: change("PUT", "/machine-config", machineConfiguration),
  putGuestBootSource: change("PUT", "/boot-source", bootSource),
  putGuestDriveByID: {
    method: "PUT",
    path: ({ drive_id }: z.infer<typeof drive>) => `/drives/${drive_id}`,
    body: drive,
    answer: nothing,
  },
  patchGuestDriveByID: {
    method: "PATCH",
    path: ({ drive_id }: z.infer<typeof partialDrive>) => `/drives/${drive_id}`,
    body: partialDrive,
    answer: nothing,
  },
  putGuestVsock: change("PUT", "/vsock", vsock),
  putBalloon: change("PUT", "/balloon", balloon),
  putEntropyDevice: change("PUT", "/entropy", entropyDevice),
  createSyncAction: change("PUT", "/actions", z.object({ action_type: z.enum(["InstanceStart"]) })),
  patchVm: change("PATCH", "/vm", z.object({ state: z.enum(["Paused", "Resumed"]) })),
  createSnapshot: change("PUT", "/snapshot/create", snapshotCreate),
  loadSnapshot: change("PUT", "/snapshot/load", snapshotLoad),
} as const;

export type OperationId = keyof typeof operations;
export type BodyOf<O extends OperationId> = z.infer<(typeof operations)[O]["body"]>;
export type AnswerOf<O extends OperationId> = z.infer<(typeof operations)[O]["answer"]>;
