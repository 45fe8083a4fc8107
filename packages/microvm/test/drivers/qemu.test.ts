import { conformance } from "./conformance.js";

conformance("qemu", {
  namespaces: ["cgroup", "ipc", "mnt", "net", "pid", "uts"],
  root: ["dev", "initrd", "kernel", "lib", "lib64", "memory", "sockets", "usr"],
  hasEmptyBoundingSet: true,
});
