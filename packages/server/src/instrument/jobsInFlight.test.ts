import { expect, test } from "vitest";
import { createJobsInFlight } from "./jobsInFlight.ts";

function start() {
  let now = 0;
  const shown: Record<string, number> = {};
  const jobs = createJobsInFlight(
    { jobs: { mail: { help: "Mails." }, pdf: { help: "Files." } } },
    (_metric, { job_name }) => ({ add: (value) => void (shown[job_name!] = value) }),
    () => now,
  );
  return { ...jobs, shown, wait: (ms: number) => void (now += ms) };
}

test("jobs of this process, of its workers and of others are added", () => {
  const { setOwn, setWorkers, report, shown } = start();
  setOwn("mail", 1);
  setWorkers("mail", 2);
  report("mail", "a", 3);
  report("mail", "b", 4);
  report("pdf", "a", 5);
  expect(shown).toEqual({ mail: 10, pdf: 5 });
  report("mail", "a", 1);
  setWorkers("mail", Number.NaN);
  expect(shown["mail"]).toBe(6);
  report("mail", "a", 0);
  report("mail", "b", 0);
  setOwn("mail", 0);
  expect(shown["mail"]).toBe(0);
});

test("a process that was killed leaves nothing in flight after ten seconds", () => {
  const { report, show, wait, shown } = start();
  report("mail", "killed", 2);
  report("mail", "alive", 1);
  wait(6_000);
  report("mail", "alive", 1);
  wait(3_999);
  show();
  expect(shown["mail"]).toBe(3);
  wait(1);
  show();
  expect(shown["mail"]).toBe(1);
  wait(10_000);
  show();
  expect(shown["mail"]).toBe(0);
});

test("a process that was busy for longer comes back with its next report", () => {
  const { report, show, wait, shown } = start();
  report("mail", "a", 2);
  wait(20_000);
  show();
  report("mail", "a", 2);
  expect(shown["mail"]).toBe(2);
});

test("one more process than a thousand is refused until another one is gone", () => {
  const { report, show, wait, shown } = start();
  for (let index = 0; index < 1_000; index += 1) expect(report("mail", `p${index}`, 1)).toBe(true);
  expect(report("mail", "one-more", 1)).toBe(false);
  expect(report("mail", "p7", 2)).toBe(true);
  expect(shown["mail"]).toBe(1_001);
  wait(10_000);
  show();
  expect(report("mail", "one-more", 1)).toBe(true);
  expect(shown["mail"]).toBe(1);
});

test("a job that the catalog does not declare is in no family", () => {
  const { report, setWorkers, shown } = start();
  report("fax", "a", 1);
  setWorkers("fax", 1);
  expect(shown).toEqual({});
});
