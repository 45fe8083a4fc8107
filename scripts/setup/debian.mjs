import { spawnSync } from "node:child_process";
import { SetupError } from "./errors.mjs";
import { missing } from "./platform.mjs";
import { run, which } from "./shell.mjs";

/** Debian 12's own Rust is too old; the same archive has a current one under another name. */
const RENAMED = { 12: { cargo: ["cargo-web", "rustc-web"] } };

/** The step that installs what is missing for `purposes(context)`. */
export function packagesStep(name, purposes) {
  const wanted = async (context) => await missing(await purposes(context), context.env);
  return {
    name,
    wanted,
    async current(context) {
      return (await wanted(context)).length === 0 ? {} : undefined;
    },
    async make(context, { log, signal }) {
      await install(context, await wanted(context), { log, signal });
      const left = await wanted(context);
      if (left.length > 0) {
        throw new SetupError(3, `${list(left)} could not be installed; install it by hand and run this again.`);
      }
      return {};
    },
  };
}

/**
 * Throws SetupError 3 with the whole list if there is something to install and this is not the place for it.
 * @param {{ distribution: { name: string, debian?: number }, uid: number, sudo?: string }} context
 * @param {{ package: string, what: string }[]} wanted
 */
export function requireInstallable({ distribution, uid, sudo }, wanted) {
  if (wanted.length === 0) return;
  if (distribution.debian === undefined) {
    throw new SetupError(
      3,
      `The set-up installs packages on Debian 12 and 13; this is ${distribution.name}. Install these, then run it again: ${list(wanted)}.`,
    );
  }
  if (uid === 0 || sudo) return;
  throw new SetupError(
    3,
    `Run this as root, then run the set-up again: apt-get install ${names(distribution, wanted)}`,
  );
}

let queue = Promise.resolve();

/** Installs Debian packages, one call after the other. Throws SetupError 3 where that is not possible. */
export function install(context, wanted, { log, signal }) {
  const done = queue.then(() => installNow(context, wanted, { log, signal }));
  queue = done.catch(() => undefined); // The caller has the error; the next one may still work.
  return done;
}

async function installNow(context, wanted, { log, signal }) {
  requireInstallable(context, wanted);
  const packages = names(context.distribution, wanted).split(" ");
  const become = context.uid === 0 ? [] : [context.sudo, "-n"];
  // dpkg wants the programs of root on its PATH; sudo drops the environment, so `env` sets it again.
  const path = `PATH=${context.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;
  const [program, ...first] = [...become, "env", path, "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const apt = (...args) => run(program, [...first, ...args], { log, signal });
  const options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  // One broken source of somebody else's must not stop us: whether the packages are there shows in the next step.
  await apt(...options, "update").catch((error) => log(error.message));
  signal?.throwIfAborted();
  try {
    await apt(...options, "install", "--yes", "--no-install-recommends", ...packages);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const last = cause.message.split("\n").at(-1);
    throw new SetupError(
      3,
      `apt-get could not install ${packages.join(", ")} (${last}); see that the network and the disk are there, or install by hand and run this again.`,
      { cause },
    );
  }
}

/** The sudo that works without a further question, after asking for the password on a terminal; else `undefined`. */
export function askForRoot({ env, uid, mayAsk }) {
  const sudo = which("sudo", env);
  if (uid === 0 || !sudo) return undefined;
  const works = (args, stdio) => spawnSync(sudo, args, { stdio, env }).status === 0;
  if (works(["-n", "true"], "ignore")) return sudo;
  if (!mayAsk) return undefined;
  return works(["-v", "-p", "The set-up installs Debian packages; your password for sudo: "], "inherit")
    ? sudo
    : undefined;
}

const list = (wanted) =>
  wanted.map((p) => (p.what === p.package ? p.what : `${p.what} (Debian: ${p.package})`)).join(", ");

const names = ({ debian }, wanted) => wanted.flatMap((p) => RENAMED[debian]?.[p.package] ?? [p.package]).join(" ");
