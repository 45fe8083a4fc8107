// What the runs of the load bench do: the same work for each, on a harbour of its own, so that no two articles are alike.

const DRAFT = "/workspace/draft.md";

/** What a run is asked, by the number of its harbour. */
export const requestOf = (harbour) => `Research the ferries of harbour ${harbour}`;

/** The one source of a run. */
export function sourceOf(harbour) {
  const facts = Array.from({ length: 12 }, (_, n) => {
    const [year, ferries, people] = [1990 + n, 3 + ((harbour * 7 + n) % 40), 1000 + ((harbour * 131 + n * 977) % 9000)];
    return `In ${year} the ${ferries} ferries of harbour ${harbour} carried ${people} people to the islands.`;
  });
  return `# The ferries of harbour ${harbour}\n\n${facts.join("\n\n")}\n`;
}

function draftOf(harbour) {
  const sentences = sourceOf(harbour)
    .split("\n\n")
    .slice(1)
    .map((fact) => fact.trim().replace(/\.$/, " [S1]."));
  return `# The ferries of harbour ${harbour}\n\n${sentences.join("\n\n")}\n`;
}

const call = (tool, args) => ({ tool, args });
const task = (name, harbour) => call("task", { subagent_type: name, description: `As ${name}: harbour ${harbour}` });

/** Model calls of one run, and the tool calls of each agent's turns; an agent without more of them is done. */
const turnsOf = {
  main: (harbour) => [
    call("write_todos", { todos: [{ content: `Harbour ${harbour}`, status: "in_progress" }] }),
    task("researcher", harbour),
    call("write_file", { file_path: DRAFT, content: draftOf(harbour) }),
    call("execute", { command: `wc -w ${DRAFT}` }),
    task("verifier", harbour),
    task("publisher", harbour),
  ],
  researcher: (harbour) => [
    call("read_source", { source: "S1" }),
    call("write_file", { file_path: "/workspace/notes.md", content: `Harbour ${harbour}: see S1.\n` }),
  ],
  verifier: () => [call("read_file", { file_path: DRAFT }), call("verify_citations", { filepath: DRAFT })],
  publisher: () => [call("publish_to_choir", { filepath: DRAFT })],
};

/** Model calls that one run takes when nothing is done twice: each turn, and each agent's last word. */
export const stepsOfARun = Object.values(turnsOf).reduce((sum, turns) => sum + turns(1).length + 1, 0);

/** Whose turn a conversation is, and what the agent does in it. */
export function turnOf(first, turn) {
  const harbour = Number(/harbour (\d+)/.exec(first)?.[1]);
  const who = /^As (\w+):/.exec(first)?.[1] ?? "main";
  return { harbour, who, call: turnsOf[who](harbour)[turn] };
}
