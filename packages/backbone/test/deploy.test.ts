import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createUser } from "@nats-io/nkeys";
import { LocalCluster } from "../../../deploy/drill/cluster.mjs";
import { Backbone } from "../src/backbone.js";
import { TestAuthority } from "./support/certificates.js";
import { natsBinary, temporaryHome } from "./support/home.js";

const DEPLOY = new URL("../../../deploy/nats/", import.meta.url);

test("three nodes with the files of deploy/nats: certificates for all, an NKey for the client", {
  timeout: 120_000,
}, async () => {
  await using home = await temporaryHome();
  const authority = await TestAuthority.make(home.path, "authority");
  const node = await authority.sign("DNS:localhost,IP:127.0.0.1");
  const client = await authority.sign("DNS:client");
  const user = createUser();
  const nkeyFile = join(home.path, "client.nk");
  await writeFile(nkeyFile, user.getSeed(), { mode: 0o600 });
  const cluster = await LocalCluster.start({
    binary: (await natsBinary()).path,
    files: {
      "security.conf": await readFile(new URL("security.conf", DEPLOY), "utf8"),
      "cluster-security.conf": await readFile(new URL("cluster-security.conf", DEPLOY), "utf8"),
      "accounts.conf": await readFile(new URL("accounts.conf", DEPLOY), "utf8"),
      "tenants.conf": `ONE { jetstream: enabled, users: [{ nkey: ${user.getPublicKey()} }] }\n`,
    },
    environment: {
      TLS_CERT: JSON.stringify(node.cert),
      TLS_KEY: JSON.stringify(node.key),
      TLS_CA: JSON.stringify(authority.files.cert),
    },
  });
  try {
    const url = cluster.ports.map((port: number) => `tls://localhost:${port}`).join(",");
    const tls = { ca: authority.files.cert, ...client };
    await using backbone = await Backbone.open({ home: home.path, url, credentials: { nkeyFile }, tls });
    await backbone.events.append("run-1", "step", {}, { id: "e1" });
    const { streams } = await backbone.status();
    for (const { name, copies } of streams) expect(copies, name).toHaveLength(2);
    const without = Backbone.open({ home: home.path, url, credentials: { nkeyFile }, tls: { ca: tls.ca } });
    await expect(without).rejects.toMatchObject({
      name: "BackboneError",
      message: expect.stringMatching(/certificate/),
    });
  } finally {
    await cluster.close();
  }
});
