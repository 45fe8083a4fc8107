/** Sends a chat completion as OpenAI's interface does: in one piece, or as the stream that was asked for. */
export function sendCompletion(response, completion, { stream }) {
  if (!stream) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(completion));
    return;
  }
  response.setHeader("content-type", "text/event-stream");
  const { choices, usage, ...rest } = completion;
  const head = { ...rest, object: "chat.completion.chunk" };
  const [{ message, finish_reason }] = choices;
  const tool_calls = message.tool_calls?.map((call, index) => ({ index, ...call }));
  const delta = { ...message, tool_calls };
  for (const chunk of [
    { ...head, choices: [{ index: 0, delta, finish_reason: null }] },
    { ...head, choices: [{ index: 0, delta: {}, finish_reason }] },
    { ...head, choices: [], usage },
  ]) {
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}
