import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { copyFile, cp, mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { aptOptions, debianMirrors } from "../../image/debian.mjs";
import { MicroVMError } from "../errors.js";
import type { Recipe } from "./recipe.js";
import { fetchScript, installScript } from "./steps.js";

const suite = "trixie";
const hostCertificates = "/etc/ssl/certs/ca-certificates.crt";
/** How this machine reaches package servers. They are in the environment of the fetching programs and in no file of the image. */
const passedOn = /^((https?|no|all)_proxy|pip_(extra_)?index_url|pip_trusted_host|npm_config_registry)$/i;

/** Lays what a build reads into `folder`, readable for everybody: the images below, files, scripts, and how to reach package servers. */
export async function writeInputs(o: { folder: string; recipe: Recipe; lowers: string[] }): Promise<void> {
  const { folder, recipe } = o;
  await mkdir(join(folder, "files"), { recursive: true });
  for (const [i, lower] of o.lowers.entries())
    await copyFile(lower, join(folder, `lower${i}.erofs`), constants.COPYFILE_FICLONE);
  for (const [guest, host] of Object.entries(recipe.files)) {
    const target = join(folder, "files", guest);
    await mkdir(dirname(target), { recursive: true });
    await cp(host, target, { recursive: true, dereference: true });
  }
  await writeFile(join(folder, "fetch.sh"), fetchScript);
  await writeFile(join(folder, "install.sh"), installScript);
  for (const name of ["resolv.conf", "hosts"])
    await writeFile(join(folder, name), await readFile(`/etc/${name}`).catch(() => ""));
  if (existsSync(hostCertificates)) await copyFile(hostCertificates, join(folder, "ca.crt"));
  await writeApt(folder);
  if (recipe.npm.length > 0) await cp(await npmFolder(), join(folder, "npm"), { recursive: true, dereference: true });
  await promisify(execFile)("chmod", ["-R", "a+rX,go-w", folder]);
}

/** The environment of the two scripts. */
export function stepEnvironment(recipe: Recipe, folder: string): Record<string, string> {
  const passed = Object.entries(process.env).filter(([name, value]) => passedOn.test(name) && value !== undefined);
  const certificates = existsSync(join(folder, "ca.crt")) ? "/run/in/ca.crt" : hostCertificates;
  return {
    ...Object.fromEntries(passed.map(([name, value]) => [name, value ?? ""])),
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/tmp",
    LANG: "C.UTF-8",
    APT: recipe.apt.join(" "),
    PIP: recipe.pip.join(" "),
    NPM: recipe.npm.join(" "),
    APT_CONFIG: "/run/in/apt.conf",
    DEBIAN_FRONTEND: "noninteractive",
    PIP_CERT: certificates,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_CACHE_DIR: "1",
    PIP_PROGRESS_BAR: "off",
    PIP_ROOT_USER_ACTION: "ignore",
    npm_config_audit: "false",
    npm_config_cache: "/run/cache/npm",
    npm_config_cafile: certificates,
    npm_config_fund: "false",
    npm_config_prefix: "/usr/local",
    npm_config_update_notifier: "false",
  };
}

/** The same server as this machine uses; where its apt names none, the one that the image itself names. */
async function writeApt(folder: string): Promise<void> {
  const mirrors = await debianMirrors();
  const lines = [
    'APT::Sandbox::User "root";',
    'Acquire::Retries "3";',
    'Dir::State::Lists "/run/cache/lists";',
    'Dir::Cache "/run/cache/apt";',
    'Dpkg::Progress-Fancy "false";',
    'Dpkg::Use-Pty "false";',
    ...(await aptOptions()),
  ];
  if (existsSync(join(folder, "ca.crt"))) lines.push('Acquire::https::CaInfo "/run/in/ca.crt";');
  if (mirrors !== undefined) {
    const { main, security } = mirrors;
    const sources = [`${main} ${suite}`, `${main} ${suite}-updates`, `${security} ${suite}-security`];
    await writeFile(join(folder, "sources.list"), sources.map((source) => `deb ${source} main\n`).join(""));
    lines.push('Dir::Etc::SourceList "/run/in/sources.list";', 'Dir::Etc::SourceParts "-";');
  }
  await writeFile(join(folder, "apt.conf"), `${lines.join("\n")}\n`);
}

/** The npm of this machine: the image has Node, and Debian's own npm would bring hundreds of packages. */
async function npmFolder(): Promise<string> {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, "npm");
    if (!existsSync(path)) continue;
    const folder = dirname(dirname(await realpath(path)));
    if (existsSync(join(folder, "bin", "npm-cli.js"))) return folder;
  }
  throw new MicroVMError("requirement_missing", "npm is not installed; install it to add npm packages to an image.");
}
