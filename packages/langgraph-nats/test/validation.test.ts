import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { TestServer } from "./nats-server.js";

// LangGraph's own conformance suite: 718 tests, and 8 more for delta channels.
let server: TestServer | undefined;
let agents = 0;

const initializer = {
  checkpointerName: "NatsSaver",
  async beforeAll() {
    server ??= await TestServer.start();
  },
  async afterAll() {
    await server?.[Symbol.asyncDispose]();
  },
  async createCheckpointer() {
    agents += 1;
    if (server === undefined) throw new Error("the server was not started");
    // An agent of its own, because some tests list every thread there is.
    const saver = await NatsSaver.fromUrl(server.url, { agent: `agent ${agents}` });
    await saver.setup();
    return saver;
  },
  destroyCheckpointer: (saver: NatsSaver) => saver.end(),
};

validate(initializer);
deltaChannelHistoryTests(initializer);
