const known = {
  x64: { debian: "amd64", rust: "x86_64-unknown-linux-gnu" },
  arm64: { debian: "arm64", rust: "aarch64-unknown-linux-gnu" },
};

/**
 * What this machine's processor is called by those who make the parts of an image; VMs have the processor of their host.
 * @returns {{ debian: string, rust: string }}
 */
export function architecture(name = process.arch) {
  const found = known[name];
  if (!found) throw new Error(`There are no VM images for ${name}; use a machine with x86-64 or arm64.`);
  return found;
}
