import type { AuditEntries, AuditEntry } from "@rumkit/protocol";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { createKeptTexts } from "../../../../test/support/alerts/keptTexts.ts";
import { createAuditLog } from "./createAuditLog.ts";
import { createAuditRoute } from "./auditRoute.ts";

const START = 1_800_000_000_000;

function serve(entries: number) {
  const log = createAuditLog({
    documents: createKeptTexts(),
    now: () => START,
    onFailed: () => {},
  });
  for (let index = 0; index < entries; index += 1)
    log.add({
      at: START + index,
      who: index % 2 === 0 ? "collector" : "ada\n",
      what: index % 2 === 0 ? "alert_fired" : "action_approved",
      about: `e${index}`,
    });
  const app = new Hono().get("/audit", createAuditRoute(log));
  return async (query: string) => app.request(`/audit${query}`);
}

test("JSON has the newest entries, or those that the query selects", async () => {
  const get = serve(250);
  const ids = async (query: string) =>
    ((await (await get(query)).json()) as AuditEntries).entries.map(({ id }) => id);
  const newest = await ids("");
  expect([newest.length, newest[0], newest.at(-1)]).toEqual([100, 151, 250]);
  expect(await ids("?after=10&limit=3")).toEqual([11, 12, 13]);
  expect(await ids("?what=action_approved&limit=2")).toEqual([248, 250]);
  expect(await ids("?what=action_approved,alert_fired&limit=2")).toEqual([249, 250]);
  expect(await ids("?about=e7")).toEqual([8]);
  expect(await ids(`?from=${START + 5}&to=${START + 6}`)).toEqual([6, 7]);
});

test("JSON Lines have every entry, one on each line", async () => {
  const response = await serve(1_234)("?format=jsonl");
  expect(response.headers.get("content-type")).toBe("application/jsonl; charset=utf-8");
  const lines = (await response.text()).split("\n");
  expect(lines.pop()).toBe("");
  const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
  expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: 1_234 }, (_, index) => index + 1));
  expect(entries[1]!.who).toBe("ada\n");
});

test.each([
  ["?limit=1001", "`limit` is a whole number up to 1000."],
  ["?limit=-1", "`limit` is a whole number"],
  ["?from=yesterday", "`from` is a whole number"],
  ["?what=everything", "`what` is one of rules_changed"],
  ["?format=csv", "`format` is json or jsonl."],
  ["?kind=x", '"kind" is not a parameter. Known: from, to, what, about, after, limit, format.'],
])("%s is refused with a reason", async (query, message) => {
  const response = await serve(1)(query);
  expect(response.status).toBe(400);
  const answer = (await response.json()) as { error: { code: string; message: string } };
  expect(answer.error.code).toBe("bad_query");
  expect(answer.error.message).toContain(message);
});
