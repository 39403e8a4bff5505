/** The world `policies`: its page in Chromium, its three services beside a real Prometheus, and its story to the end. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AuditEntries } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import type { Browser } from "playwright-core";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { catalog } from "../../examples/policies/catalog.ts";
import { launchShell } from "../support/chromium.ts";
import { expectSoon } from "../support/expectSoon.ts";
import {
  POLICIES_FOLDER,
  POLICIES_PROGRAM,
  type RunningPolicies,
  runService,
  startPolicies,
} from "../support/policies/startPolicies.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { promtool, withVariables } from "../support/promtool.ts";

type ByRegion = Readonly<Record<string, number>>;

const rules = renderRules(describeMetrics(catalog), catalog);
let folder: string;
let world: RunningPolicies;
let storyteller: RunningPolicies;
let prometheus: RunningPrometheus;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-policies-"));
  await writeFile(join(folder, "rules.yaml"), rules);
  // The story plays while the other tests run. A limit of 500 ms leaves room for a machine that is busy with them.
  [world, storyteller, browser] = await Promise.all([
    startPolicies(["--no-load", "--journal", join(folder, "first.journal")]),
    startPolicies(["--story", "rollback", "--sla", "500", "--seed", "3"]),
    launchShell(),
  ]);
  prometheus = await startPrometheus({ policies: world.origin }, [join(folder, "rules.yaml")]);
});

afterAll(async () => {
  await Promise.all([world.stop(), storyteller.stop(), browser.close(), prometheus.stop()]);
  await rm(folder, { recursive: true });
});

/** Sums of Prometheus by region. Those that are 0 are left out. */
async function byRegion(metric: string): Promise<ByRegion> {
  const results = await prometheus.query(`sum by (region) (${metric}) > 0`);
  return Object.fromEntries(results.map(({ labels, value }) => [labels["region"]!, value]));
}

function sum(counts: ByRegion): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

test("Prometheus has what each service reported: look-ups, decisions, overrides, and the scores of Python", async () => {
  const [review, survey] = await Promise.all([
    runService<{ decisions: ByRegion; overrides: ByRegion; undelivered: number }>("review", world.origin, 40),
    runService<Record<string, { scores: number; stars: number }>>("survey", world.origin, 23),
  ]);
  expect(review.undelivered).toBe(0);
  expect(sum(review.decisions)).toBe(40);
  expect(Object.values(survey).reduce((total, { scores }) => total + scores, 0)).toBe(23);
  await expectSoon(() => byRegion("hitl_decisions_total")).toEqual(review.decisions);
  await expectSoon(() => byRegion("hitl_overrides_total")).toEqual(review.overrides);
  const scores = Object.entries(survey).map(([region, { scores: count }]) => [region, count]);
  await expectSoon(() => byRegion("survey_satisfaction_ratio_count")).toEqual(Object.fromEntries(scores));
  const satisfaction = await byRegion("survey_satisfaction_ratio_sum");
  for (const [region, { stars }] of Object.entries(survey))
    expect(satisfaction[region]).toBeCloseTo(stars / 5, 9);
  // Each decision and each score is of one look-up, which the look-up service has timed.
  const timed = 'api_response_time_seconds_count{endpoint="/policies/:id"}';
  await expectSoon(async () => sum(await byRegion(timed))).toBe(63);
  const answered = 'http_requests_total{route="/policies/:id",status="200"}';
  await expectSoon(async () => (await prometheus.query(`sum(${answered})`))[0]?.value).toBe(63);
});

test("the generated rules and boards are read by Prometheus, and every query of them can be answered", async () => {
  await promtool(["check", "rules"], "rules.yaml", rules);
  expect(rules).toContain("PoliciesSlowLookups");
  const boards = describeBoards(describeMetrics(catalog), catalog).map((board) => renderClassic(board));
  const queries = boards.flatMap((board) => dashboardExpressions(board)).map(({ expr }) => expr);
  expect(queries.filter((query) => /hitl_|survey_|api_response_time/.test(query)).length).toBeGreaterThan(3);
  // A query that Prometheus cannot read rejects.
  await Promise.all(queries.map((query) => prometheus.query(withVariables(query, { job: "policies" }))));
});

test("the page looks policies up, deploys a rule with a reason, and asks the audit log", async () => {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(world.origin);
  await page.getByText("No alert fires").waitFor();
  await page.locator("#lookup select[name=id]").selectOption("p-104");
  await page.locator("#lookup select[name=region]").selectOption("west");
  await page.getByRole("button", { name: "Look up" }).click();
  await page
    .getByText(/Work from another state: allowed, by rule 2026\.1 in the west, after \d+ ms/)
    .waitFor();

  await page.locator("#deploy select[name=version]").selectOption("2026.3");
  await page.locator("#deploy input[name=why]").fill("Faster <b>in the west</b>.");
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("ada: Faster <b>in the west</b>.").waitFor();
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("The rule 2026.3 is deployed already.").waitFor();
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByText(/by rule 2026\.3 in the west/).waitFor();

  await page.goto(storyteller.origin);
  await page
    .getByText(/take_back for PoliciesSlowLookups: done, approved by story/)
    .waitFor({ timeout: 100_000 });
  const outbox = page.getByRole("list", { name: "Notices, newest first" });
  for (const channel of ["mail", "slack", "sms"])
    await outbox
      .getByText(new RegExp(`^[0-9:]+ ${channel}$`))
      .first()
      .waitFor();
  await page.locator("#audit select[name=what]").selectOption({ label: "Actions" });
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByRole("cell", { name: "action_approved" }).waitFor();
  await page.getByRole("cell", { name: /Look-ups in the west are slow since 2026\.2\./ }).waitFor();
  expect(faults).toEqual([]);
});

test("SIGTERM lets a look-up end and be counted, and a restart with another limit is in the audit log", async () => {
  const flags = ["--no-load", "--journal", join(folder, "second.journal")];
  const first = await startPolicies(flags);
  await fetch(`${first.origin}/rules`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ version: "2026.2", by: "ada", why: "It takes most of a second in the west." }),
  });
  const lookups: Promise<number>[] = [];
  await expectSoon(async () => {
    lookups.push(fetch(`${first.origin}/policies/p-101?region=west`).then(({ status }) => status));
    return (await fetch(`${first.origin}/metrics`)).text();
  }).toMatch(/^http_requests_in_flight [1-9]/m);
  const [statuses] = await Promise.all([Promise.all(lookups), first.stop()]);
  const answered = statuses.filter((status) => status === 200).length;
  expect(answered).toBeGreaterThan(0);
  const second = await startPolicies([...flags, "--sla", "500"]);
  onTestFinished(() => second.stop());
  const answer = await fetch(`${second.origin}/api/rumkit/audit?what=rules_changed`);
  const { entries } = (await answer.json()) as AuditEntries;
  expect(Object.values(entries.at(-1)!.facts!)).toContain("0.2 → 0.5");
  expect(await (await fetch(`${second.origin}/metrics`)).text()).toContain(
    `api_response_time_seconds_count{endpoint="/policies/:id",region="west"} ${answered}\n`,
  );
});

test("a wrong flag and a port in use end the program with one sentence", async () => {
  const { port } = new URL(world.origin);
  const wrong = [
    [["--sla", "300"], /--sla must be one of 100, 200, 500, 1000: "300"\.$/],
    [["--story", "nope"], /--story must be one of rollback: "nope"\.$/],
    [["--no-load"], new RegExp(`Port ${port} is in use\\. Set PORT to another one\\.$`)],
  ] as const;
  const said = wrong.map(([flags]) =>
    promisify(execFile)(process.execPath, [...POLICIES_PROGRAM, ...flags], {
      cwd: POLICIES_FOLDER,
      env: { ...process.env, PORT: port },
    }).catch(({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr.trimEnd()}`),
  );
  for (const [index, text] of (await Promise.all(said)).entries()) {
    expect(text).toMatch(wrong[index]![1]);
    expect(text).toMatch(/^1 \[policies\] [^\n]+$/);
  }
});

test("the story comes to its end: the alert names the region, the rule is taken back with an approval, and it helped", async () => {
  // What an audience must see and does not see ends the program, with a sentence.
  await expectSoon(() => storyteller.output()).toMatch(/Story {2}The end\.|\[policies\]/);
  const told = storyteller.output();
  for (const line of [
    "PoliciesSlowLookups fires, for /policies/:id in the west alone",
    "PoliciesOverrideRate fires",
    "Three notices have arrived, by mail, Slack and SMS.",
    "Approved by story: rule 2026.1 answers again.",
    "action_verified: it helped",
    "The end.",
  ])
    expect(told).toContain(line);
  await storyteller.stop();
  // Every service has reported what it had.
  expect(storyteller.output()).toMatch(/^Review .*"undelivered":0/m);
  expect(storyteller.output()).toMatch(/^Survey .*"stars"/m);
});
