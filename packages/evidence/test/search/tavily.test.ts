import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TavilySearch } from "../../src/index.js";

let server: Server;
let endpoint: string;
const asked: { authorization?: string; body: { query: string; max_results: number } }[] = [];
let reply: { status: number; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      asked.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
      response.writeHead(reply.status, { "content-type": "application/json" }).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/search`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test("asks as documented and gives the results", async () => {
  const results = [
    { title: "Aave", url: "https://aave.com/", content: "Rates", score: 0.9, published_date: "2026-09-01" },
    { title: "", url: "https://x.org/", content: null, score: 0.1 },
  ];
  reply = { status: 200, body: JSON.stringify({ query: "q", results, response_time: 1 }) };
  const found = await new TavilySearch({ key: "tvly-test", endpoint }).search("USDC on Base", { limit: 5 });
  expect(found).toEqual([
    { uri: "https://aave.com/", title: "Aave", passage: "Rates", date: "2026-09-01" },
    { uri: "https://x.org/", title: "https://x.org/", passage: "" },
  ]);
  expect(asked[0]).toMatchObject({
    authorization: "Bearer tvly-test",
    body: { query: "USDC on Base", max_results: 5 },
  });
});

test("a wrong key, a used-up limit and another form of answer are errors with advice", async () => {
  const search = new TavilySearch({ key: "k", endpoint });
  for (const [status, body, says] of [
    [401, "{}", /key/],
    [432, "{}", /limit/],
    [500, "{}", /500/],
    [200, '{"answer":1}', /form/],
    [200, "<html>", /reached/],
  ] as const) {
    reply = { status, body };
    await expect(search.search("q", { limit: 1 })).rejects.toMatchObject({
      code: "search_failed",
      message: expect.stringMatching(says),
    });
  }
});
