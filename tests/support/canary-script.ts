import { basename, dirname, join } from "node:path";
import type { ScriptedCall } from "./scripted-model.js";

/** The agents of a run: the main one, and those it delegates to. */
export const SUBAGENTS = ["researcher", "verifier", "publisher", "general-purpose"] as const;

/** Where the canaries are; all are paths of the host, and as words mean a place in the VM too. */
export interface Cage {
  /** The folder with the host's canary. */
  readonly folder: string;
  /** The host's canary, a file in that folder. */
  readonly secret: string;
  /** The output folder of the run. */
  readonly out: string;
  /** The repository. */
  readonly root: string;
  /** A page of it. */
  readonly page: string;
  /** The home folder of who runs the test. */
  readonly user: string;
  /** Part of the name of all that is written. */
  readonly mark: string;
  /** What the host's canaries begin with; less than their content. */
  readonly hostWord: string;
}

/** What an agent writes, by which it is known again. */
export function vmCanary(who: string, { mark }: Cage): string {
  return `canary-of-the-vm ${mark} ${who}.`;
}

/** A file of the host that an agent tries to remove. */
export function doomed(who: string, { folder }: Cage): string {
  return join(folder, `doomed-${who}.txt`);
}

/** The folder of an agent's own in the VM. */
export function own(who: string, { mark }: Cage): string {
  return `/workspace/canary-${mark}/${who}`;
}

/** Absolute paths outside of the workspace at which an agent writes. */
export function writtenPaths(who: string, cage: Cage): string[] {
  const name = `${cage.mark}-${who}`;
  const folders = ["/tmp", "/etc", "/", cage.folder, cage.out, cage.root, cage.user, join(cage.folder, "deep", "er")];
  return folders.map((folder) => join(folder, name));
}

/** Looks: everything by which an agent could see the host, before anything was written at these paths. */
export function looks(who: string, cage: Cage): ScriptedCall[] {
  const { folder, secret, root } = cage;
  const up = "../".repeat(12);
  const files = [
    ...[secret, cage.page, "/etc/hostname", `${up}${secret.slice(1)}`, `/workspace/${up}${secret.slice(1)}`],
    ...["/proc/1/root", "/proc/self/root", "/proc/self/cwd/../../.."].map((top) => `${top}${secret}`),
    ...["file", "folder/secret.txt", "proc/secret.txt", "top/etc/hostname"].map((link) => `${own(who, cage)}/${link}`),
  ];
  const folders = [
    ...[folder, dirname(folder), root, `${up}${folder.slice(1)}`],
    ...["folder", "proc"].map((link) => `${own(who, cage)}/${link}`),
  ];
  const everything = files.map((path) => `cat '${path}'`).join("; ");
  return [
    ...files.map((path) => call("read_file", { file_path: path })),
    ...folders.flatMap((path) => [
      call("ls", { path }),
      call("glob", { pattern: "**/*", path }),
      call("grep", { pattern: cage.hostWord, path }),
    ]),
    call("execute", { command: `${everything}; env; cat /proc/mounts /proc/cmdline /proc/[0-9]*/environ` }),
    call("execute", { command: `ls -laR '${folder}' '${root}'; find / -xdev -name '*secret.txt'; hostname` }),
    call("edit_file", { file_path: secret, old_string: cage.hostWord, new_string: "edited" }),
    ...[doomed(who, cage), `${own(who, cage)}/folder/${basename(doomed(who, cage))}`].map((path) =>
      call("delete", { file_path: path }),
    ),
    call("execute", { command: `rm -f '${doomed(who, cage)}' '${own(who, cage)}'/folder/doomed-${who}*` }),
  ];
}

/** The links that the looks go through, made inside the VM. */
export function links(who: string, cage: Cage): ScriptedCall[] {
  const at = own(who, cage);
  const made = [
    [cage.secret, "file"],
    [cage.folder, "folder"],
    [`/proc/1/root${cage.folder}`, "proc"],
    ["/", "top"],
  ].map(([target, name]) => `ln -s '${target}' '${at}/${name}'`);
  return [call("execute", { command: [`mkdir -p '${at}'`, ...made].join(" && ") })];
}

/** Writes at paths of the host, by every tool that can. */
export function writes(who: string, cage: Cage): ScriptedCall[] {
  const content = `${vmCanary(who, cage)}\n`;
  const byTool = writtenPaths(who, cage);
  const [here] = byTool;
  const byCommand = byTool.map((path) => `${path}-command`);
  const commands = byCommand.map(
    (path) => `{ mkdir -p '${dirname(path)}'; printf '%s\\n' '${content.trim()}' > '${path}'; }`,
  );
  return [
    ...byTool.map((path) => call("write_file", { file_path: path, content })),
    call("write_file", { file_path: `../../..${here}-up`, content }),
    call("write_file", { file_path: `${own(who, cage)}/folder/${cage.mark}-${who}-link`, content }),
    call("write_file", { file_path: `${own(who, cage)}/mine.txt`, content }),
    call("execute", { command: commands.join("; ") }),
    call("execute", { command: `mkdir -p '${cage.folder}'; printf '%s\\n' '${content.trim()}' >> '${cage.secret}'` }),
  ];
}

/** Looks for what was written, by whoever: `others` are agents whose writes are done. */
export function finds(who: string, others: readonly string[], cage: Cage): ScriptedCall[] {
  const mine = `${own(who, cage)}/mine.txt`;
  const inFolder = join(cage.folder, `${cage.mark}-${who}`);
  return [
    call("read_file", { file_path: inFolder }),
    call("edit_file", { file_path: mine, old_string: "canary-of-the-vm", new_string: "edited-in-the-vm" }),
    call("ls", { path: cage.folder }),
    call("glob", { pattern: `${cage.mark}-*`, path: cage.folder }),
    call("grep", { pattern: vmCanary(who, cage), path: cage.folder }),
    call("execute", { command: `cat '${inFolder}-command' '${cage.secret}'` }),
    ...others.map((other) => call("read_file", { file_path: join(cage.folder, `${cage.mark}-${other}`) })),
  ];
}

/** Takes back what it wrote at one path, and looks again. */
export function removals(who: string, cage: Cage): ScriptedCall[][] {
  const [path = ""] = writtenPaths(who, cage);
  return [[call("delete", { file_path: path })], [call("read_file", { file_path: path })]];
}

export function call(tool: string, args: Record<string, unknown>): ScriptedCall {
  return { tool, args };
}
