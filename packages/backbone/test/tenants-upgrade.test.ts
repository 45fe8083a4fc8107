import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backbone } from "../src/backbone.js";
import { keepChoir } from "../src/tenants/embedded.js";
import { prepareAccount } from "../src/tenants/prepare.js";
import { Tenants } from "../src/tenants/tenants.js";
import { configuredServer } from "./support/configured-server.js";

test("a file from before clients had an account is brought up; a client that is connected goes on, with the key it has", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-upgrade-"));
  const at = (...names: string[]) => join(folder, ...names);
  const files = { registerPath: at("tenants.json"), includePath: at("tenants.conf"), keeperPath: at("choir.nk") };
  expect(await Tenants.enable(files)).toEqual({ renewed: false });
  await new Tenants({ ...files, apply: async () => undefined }).add("acme", { folder: at("acme") });
  await writeFile(files.includePath, asBefore(await readFile(files.includePath, "utf8")));
  const config = `accounts { include tenants.conf }\njetstream { store_dir: "${at("data")}" }`;
  try {
    await using server = await configuredServer(folder, config);
    const url = `nats://127.0.0.1:${server.port}`;
    const as = (user: string) => ({ url, credentials: { nkeyFile: at("acme", `${user}.nk`) }, home: "" });
    await keepChoir({ url, credentials: { nkeyFile: files.keeperPath } });
    await prepareAccount(as("operator"), async () => undefined);
    await using client = await Backbone.open(as("client"));
    await client.events.append("run", "n", 1);
    const follow = new AbortController();
    const heard: unknown[] = [];
    const following = (async () => {
      for await (const { data } of client.events.follow("run", { signal: follow.signal })) {
        if (heard.push(data) === 3) follow.abort();
      }
    })();

    expect(await Tenants.enable(files)).toEqual({ renewed: true });
    expect(await Tenants.enable(files)).toEqual({ renewed: false });
    for (let reading = 1; reading <= 2; reading++) await server.reload(config);
    await client.events.append("run", "n", 2);
    await using worker = await Backbone.open(as("worker"));
    await worker.events.append("run", "n", 3);
    await following;
    expect(heard).toEqual([1, 2, 3]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** As it was written then: a tenant's clients were among its other users. */
function asBefore(text: string): string {
  const accounts = new Map(
    [...text.matchAll(/^"(.+?)": (.+)$/gm)].map(([, name = "", json = ""]) => [name, JSON.parse(json)]),
  );
  const { exports: _, ...tenant } = accounts.get("TENANT_acme");
  tenant.users.push(...accounts.get("CLIENT_acme").users);
  accounts.set("TENANT_acme", tenant);
  accounts.delete("CLIENT_acme");
  return [...accounts].map(([name, account]) => `${JSON.stringify(name)}: ${JSON.stringify(account)}`).join("\n");
}
