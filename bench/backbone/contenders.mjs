// The checkpointers that are compared, each on a store of its own that syncs every commit to the disk.
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NatsSaver } from "../../packages/langgraph-nats/dist/index.js";
import { startNats, startPostgres } from "./servers.mjs";

/** How many threads write at once: a pool of connections must not be the bottleneck. */
export const threads = 16;

/** `{ saver, fresh(), bytes(), close() }` of each by name; where there is no PostgreSQL, the reason is printed and it is left out. */
export async function openContenders() {
  const contenders = {};
  try {
    for (const [name, open] of Object.entries({ nats: openNats, postgres: openPostgres, sqlite: openSqlite })) {
      const contender = await open();
      if (contender.reason === undefined) contenders[name] = contender;
      else console.error(`backbone: not compared with ${name}: ${contender.reason}`);
    }
    return contenders;
  } catch (error) {
    await closeContenders(contenders);
    throw error;
  }
}

export async function closeContenders(contenders) {
  for (const each of Object.values(contenders)) await each.close();
}

async function openNats() {
  const server = await startNats();
  const saver = await NatsSaver.fromUrl(server.url);
  await saver.setup();
  return {
    saver,
    /** A saver that remembers nothing of what was written. */
    fresh: () => NatsSaver.fromUrl(server.url),
    /** Bytes of everything that is stored, as the server counts them. */
    async bytes() {
      const connection = await connect({ servers: server.url });
      const manager = await jetstreamManager(connection);
      const { storage } = await manager.getAccountInfo();
      await connection.close();
      return storage;
    },
    async close() {
      await saver.end();
      await server.close();
    },
  };
}

async function openPostgres() {
  const server = await startPostgres();
  if (server.reason !== undefined) return server;
  const open = () => {
    const saver = PostgresSaver.fromConnString(server.url);
    saver.pool.options.max = threads;
    // A connection that has nothing to do any more may hear of the server's end before its own.
    saver.pool.on("error", () => undefined);
    return saver;
  };
  const saver = open();
  await saver.setup();
  return {
    saver,
    fresh: async () => open(),
    /** Bytes of the tables with what belongs to them, once dead rows are gone: what the write-ahead log takes is not counted. */
    async bytes() {
      await saver.pool.query("VACUUM FULL");
      const tables = ["checkpoints", "checkpoint_blobs", "checkpoint_writes"];
      const sizes = tables.map((table) => `pg_total_relation_size('${table}')`).join(" + ");
      return Number((await saver.pool.query(`SELECT ${sizes} AS bytes`)).rows[0].bytes);
    },
    async close() {
      await saver.end();
      await server.close();
    },
  };
}

async function openSqlite() {
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-sqlite-"));
  const path = join(folder, "checkpoints.db");
  const open = () => {
    const saver = SqliteSaver.fromConnString(path);
    saver.setup();
    saver.db.pragma("synchronous = FULL");
    return saver;
  };
  const saver = open();
  return {
    saver,
    fresh: async () => Object.assign(open(), { end: async () => undefined }),
    async bytes() {
      saver.db.pragma("wal_checkpoint(TRUNCATE)");
      saver.db.exec("VACUUM");
      saver.db.pragma("wal_checkpoint(TRUNCATE)");
      return (await stat(path)).size;
    },
    async close() {
      saver.db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
