import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { MicroVMError } from "../errors.js";
import { baseName, imageName } from "./record.js";

/** What an image is made from; the format of the file is in docs/images.md. */
export interface Recipe {
  name: string;
  /** `base` or the name of another image. */
  from: string;
  apt: string[];
  pip: string[];
  npm: string[];
  /** Absolute path in the image -> absolute path of a file or folder of the host. */
  files: Record<string, string>;
}

const maxBytes = 262_144;
const maxPackages = 500;
/** Mounted over in a VM: what lay there would not be seen. */
const hidden = ["/proc", "/sys", "/dev", "/run", "/tmp"];

const aptPackage = /^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$/;
const pipPackage =
  /^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?((==|>=|<=|~=|!=|<|>)[A-Za-z0-9.*+!]+(,(==|>=|<=|~=|!=|<|>)[A-Za-z0-9.*+!]+)*)?$/;
const npmPackage = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(@[A-Za-z0-9.^~<>=*+-]+)?$/;

const packages = (pattern: RegExp, what: string) =>
  z.array(z.string().regex(pattern, what)).max(maxPackages).default([]);

const guestPath = z
  .string()
  .regex(/^(\/[^/\0]+)+$/, "this must be an absolute path such as /opt/data/words.txt")
  .refine(
    (path) => !path.split("/").some((part) => part === "." || part === ".."),
    'this path must not have "." or ".." in it',
  )
  .refine((path) => !hidden.some((root) => path === root || path.startsWith(`${root}/`)), {
    message: `nothing under ${hidden.join(", ")} would be seen in a VM; choose another folder`,
  });

const schema = z
  .strictObject({
    name: z
      .string()
      .regex(imageName, 'use at most 40 of a-z, 0-9 and "-"')
      .refine((name) => name !== baseName, `"${baseName}" is the image that is always there; choose another name`),
    from: z.string().regex(imageName, `this must be ${baseName} or the name of another image`).default(baseName),
    apt: packages(aptPackage, "this is no name of a Debian package, such as graphviz or graphviz=2.42.4-3"),
    pip: packages(pipPackage, "this is no Python package by name, such as numpy or numpy==2.3.4"),
    npm: packages(npmPackage, "this is no npm package by name, such as cowsay or cowsay@1.6.0"),
    files: z.record(guestPath, z.string().min(1)).default({}),
  })
  .refine((recipe) => recipe.from !== recipe.name, { path: ["from"], message: "an image cannot stand on itself" })
  .refine(({ apt, pip, npm, files }) => [apt, pip, npm, Object.keys(files)].some((list) => list.length > 0), {
    message: "nothing is added; name something under apt, pip, npm or files",
  });

/** Reads an image file. Throws MicroVMError `not_found`, or `invalid_argument` that names the line and the key that is wrong. */
export async function readRecipe(path: string): Promise<Recipe> {
  const text = await readText(path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [what] = broken.message.split(/ at line \d+|\n/);
    throw wrong(path, broken.linePos?.[0].line, `this is no valid YAML: ${what}`);
  }
  const parsed = schema.safeParse(toValue(path, document));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const key = issue?.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : (issue?.path ?? []);
    throw wrong(path, lineOf(document, key, lines), `${nameOf(key)}${sentence(issue)}`);
  }
  const files: Record<string, string> = {};
  for (const [guest, host] of Object.entries(parsed.data.files)) {
    const source = resolve(dirname(path), host);
    await stat(source).catch((cause: unknown) => {
      const line = lineOf(document, ["files", guest], lines);
      throw wrong(path, line, `files["${guest}"]: there is no file ${source}`, cause);
    });
    files[guest] = source;
  }
  return { ...parsed.data, files };
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= maxBytes) return await readFile(path, "utf8");
  } catch (cause) {
    throw new MicroVMError("not_found", `The image file ${path} cannot be read; name a file that is there.`, { cause });
  }
  throw wrong(path, undefined, `it is larger than ${maxBytes / 1024} KiB`);
}

function toValue(path: string, document: Document): unknown {
  try {
    // References to other parts of the file can make a small file huge.
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw wrong(path, undefined, "references (* and &) are not understood here; write the values out", cause);
  }
}

function sentence(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "this cannot be understood";
  if (issue.code === "unrecognized_keys") return "there is no such key; there are name, from, apt, pip, npm and files";
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function nameOf(key: PropertyKey[]): string {
  if (key.length === 0) return "";
  const rest = key.slice(1).map((part) => (typeof part === "number" ? `[${part}]` : `["${String(part)}"]`));
  return `${String(key[0])}${rest.join("")}: `;
}

/** The line of the value, or of the nearest thing around it. */
function lineOf(document: Document, key: PropertyKey[], lines: LineCounter): number | undefined {
  for (let depth = key.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(key.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

function wrong(path: string, line: number | undefined, what: string, cause?: unknown): MicroVMError {
  const where = line === undefined ? path : `${path}, line ${line}`;
  return new MicroVMError("invalid_argument", `${where}: ${what}.`, { cause });
}
