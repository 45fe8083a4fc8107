import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createAgent, FakeToolCallingModel, tool } from "langchain";
import { z } from "zod";
import { modelCalls } from "../../src/middleware/model-calls.js";
import { type CallPlace, withOwnCallIds } from "../../src/models/call-ids.js";
import { ModelDesk } from "../../src/models/desk.js";

const call = (id: string | undefined, name = "write_file") => ({ id, name, args: {}, type: "tool_call" as const });
const answer = (...ids: (string | undefined)[]) =>
  new AIMessage({ content: "", tool_calls: ids.map((id) => call(id)) });
const idsOf = ({ tool_calls = [] }: AIMessage) => tool_calls.map(({ id }) => id);

/** The ids that an answer with these has, after what was said before. */
function ids(given: (string | undefined)[], o: Partial<CallPlace> & { before?: BaseMessage[] } = {}) {
  const { task, before = [], shown = before, thread = before } = o;
  return idsOf(withOwnCallIds(answer(...given), { task, shown, thread }));
}

describe("the id of a call", () => {
  it("stays as it is where no other call has it", () => {
    const given = answer("toolu_01A", "toolu_01B");
    expect(withOwnCallIds(given, { task: "t", shown: [answer("toolu_01C")], thread: [] })).toBe(given);
    expect(ids(["call_0", "call_1"])).toEqual(["call_0", "call_1"]);
  });

  it("is another one where the model has used it before, in the same answer or an earlier one", () => {
    expect(ids(["call_0", "call_0"])).toEqual(["call_0", "call_0-2"]);
    expect(ids(["call_0"], { before: [answer("call_0"), answer("call_0-2")] })).toEqual(["call_0-3"]);
    expect(ids(["random"], { before: [answer("random")] })).toEqual(["random-2"]);
    expect(ids([undefined, ""])).toEqual(["call", "call-2"]);
  });

  it("is another one in each subagent and each turn, where it is only a number", () => {
    const [one, other] = ["task-1", "task-2"].map((task) => ids(["functions.ls:0"], { task })[0]);
    expect(one).toMatch(/^functions\.ls:0-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
    expect(ids(["write_file"], { task: "task-1" })).not.toEqual(["write_file"]);
    const turn = (id: string) => [new HumanMessage({ id, content: "Go on." })];
    expect(ids(["call_0"], { before: turn("turn.1") })).toEqual(["call_0"]);
    expect(ids(["call_0"], { before: turn("turn.2") })).toEqual(["call_0-t2"]);
  });

  it("counts what a summary stands for, and is the same when the answer comes again", () => {
    const o = { shown: [new HumanMessage("Summary")], thread: [answer("call_0")] };
    expect(ids(["call_0"], o)).toEqual(["call_0-2"]);
    expect(ids(["call_0"], o)).toEqual(["call_0-2"]);
    expect(ids(["7".repeat(6), "x".repeat(60)], { task: "t", shown: [answer("x".repeat(60))] })).toEqual([
      expect.stringMatching(/^777777-[0-9a-f]{8}$/),
      expect.stringMatching(/^call-[0-9a-f]{32}$/),
    ]);
  });

  it("is the same in the blocks of the answer", () => {
    const given = new AIMessage({
      content: [
        { type: "text", text: "Now." },
        { type: "tool_use", id: "call_0", name: "write_file", input: {} },
      ],
      tool_calls: [call("call_0")],
    });
    const own = withOwnCallIds(given, { task: undefined, shown: [answer("call_0")], thread: [] });
    expect(own.content).toMatchObject([{ type: "text" }, { type: "tool_use", id: "call_0-2" }]);
    expect(given.tool_calls).toMatchObject([{ id: "call_0" }]);
  });

  it("is its own for each call that an agent makes, whatever its model calls them", async () => {
    const toolCalls = [1, 2, 3].map((n) => [{ id: "call_0", name: "remember", args: { n } }]);
    const model = new FakeToolCallingModel({ toolCalls: [...toolCalls, []] });
    const remember = tool(({ n }) => `Remembered ${n}.`, {
      name: "remember",
      description: "remembers",
      schema: z.object({ n: z.number() }),
    });
    const roles = { planner: "scripted", researcher: "scripted", verifier: "scripted" };
    const desk = await ModelDesk.open(roles, async () => model);
    const emit = async () => undefined;
    const middleware = [
      modelCalls({ agent: "vibewriter", role: "planner", desk, emit, meter: { unused: async () => undefined } }),
    ];
    const { messages } = await createAgent({ model, tools: [remember], middleware }).invoke({ messages: ["Go."] });
    const answers = messages.filter((message) => ToolMessage.isInstance(message));
    expect(answers.map(({ tool_call_id, text }) => [tool_call_id, text])).toEqual([
      ["call_0", "Remembered 1."],
      ["call_0-2", "Remembered 2."],
      ["call_0-3", "Remembered 3."],
    ]);
  });
});
