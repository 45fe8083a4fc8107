import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { NatsSaver } from "../../../langgraph-nats/src/saver.js";
import { NatsStore } from "../../../langgraph-nats/src/store/store.js";
import { Backbone } from "../../src/backbone.js";
import { type ConnectionOptions, dial } from "../../src/connection/dial.js";
import { enableTenants } from "../../src/tenants/embedded.js";
import { prepareAccount } from "../../src/tenants/prepare.js";
import type { Tenants } from "../../src/tenants/tenants.js";
import { natsBinary, temporaryHome } from "./home.js";

export interface TestTenants extends AsyncDisposable {
  home: string;
  backbone: Backbone;
  tenants: Tenants;
  /** How a user of a tenant connects; its seed is in `<home>/<tenant>/<user>.nk`. */
  as(tenant: string, user: string): ConnectionOptions;
  connect(tenant: string, user: string): Promise<NatsConnection>;
  /** A tenant that is ready to be used. */
  add(name: string, limits?: { storageBytes?: number; connections?: number; streams?: number }): Promise<void>;
}

/** A home whose nats-server has tenants. */
export async function testTenants(): Promise<TestTenants> {
  const home = await temporaryHome();
  process.env.NATS_SERVER_BIN = (await natsBinary()).path;
  await enableTenants(join(home.path, "nats"));
  const backbone = await Backbone.open({ home: home.path });
  const { tenants, server } = backbone;
  if (!tenants || !server) throw new Error("the server has no tenants");
  const as = (tenant: string, user: string) => ({
    url: server.url,
    credentials: { nkeyFile: join(home.path, tenant, `${user}.nk`) },
  });
  return {
    home: home.path,
    backbone,
    tenants,
    as,
    connect: (tenant, user) => dial(as(tenant, user)),
    async add(name, limits) {
      await tenants.add(name, { folder: join(home.path, name), limits });
      // What is reserved for the audit does not fit into a small account.
      if (limits?.storageBytes !== undefined)
        await (await Backbone.open({ ...as(name, "operator"), home: "" })).close();
      else await prepareAccount(as(name, "operator"), setUp);
    },
    async [Symbol.asyncDispose]() {
      await backbone.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

async function setUp(connection: NatsConnection, replicas: number): Promise<void> {
  await NatsSaver.fromConnection(connection).setup({ replicas });
  await NatsStore.fromConnection(connection).setup({ replicas });
}
