import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { atLeast, findNatsServer, tierOf } from "../src/server/nats-binary.js";
import { temporaryHome } from "./support/home.js";

test("versions fall into tiers", () => {
  expect(tierOf("2.12.0")).toBe("full");
  expect(tierOf("2.12.15-RC.1")).toBe("full");
  expect(tierOf("3.0.0")).toBe("full");
  expect(tierOf("2.10.27")).toBe("degraded");
  expect(tierOf("2.9.10")).toBe("degraded");
  expect(tierOf("nonsense")).toBe("degraded");
  expect(atLeast("v2.10.27", 2, 10)).toBe(true);
});

async function fake(path: string, answer: string): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "${answer}"\n`);
  await chmod(path, 0o755);
  return path;
}

test("a full server in the cache wins over a degraded one on PATH; NATS_SERVER_BIN wins over all", async () => {
  await using home = await temporaryHome();
  const old = await fake(join(home.path, "bin", "nats-server"), "nats-server: v2.9.10");
  const env = { PATH: join(home.path, "bin"), HOME: home.path };
  expect(await findNatsServer({ home: home.path, env })).toEqual({ path: old, version: "2.9.10", tier: "degraded" });

  const good = await fake(join(home.path, "cache", "nats-server", "abc", "nats-server"), "nats-server: v2.12.15");
  expect(await findNatsServer({ home: home.path, env })).toEqual({ path: good, version: "2.12.15", tier: "full" });

  const named = { ...env, NATS_SERVER_BIN: old };
  expect((await findNatsServer({ home: home.path, env: named }))?.path).toBe(old);
});

test("what is no nats-server is passed over", async () => {
  await using home = await temporaryHome();
  await fake(join(home.path, "bin", "nats-server"), "something else");
  const env = { PATH: join(home.path, "bin"), HOME: home.path };
  expect(await findNatsServer({ home: home.path, env: { ...env, NATS_SERVER_BIN: "/nowhere/nats-server" } })).toBe(
    undefined,
  );
  const found = await findNatsServer({ home: home.path, env });
  expect(found?.path).not.toBe(join(home.path, "bin", "nats-server"));
});
