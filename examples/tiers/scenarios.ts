import { send } from "./load.ts";

export const scenarioNames = ["load", "errors", "business"] as const;

export type ScenarioName = (typeof scenarioNames)[number];

export interface Stage {
  readonly origin: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A number on `/metrics` is not what the scenario has seen. */
export class NotCounted extends Error {}

/** Requests of each of three clients, as the load job of the cluster has pods and rounds. */
const ROUNDS = 100;

const ERRORS = 40;

/** Plays a scenario by real requests, and compares what they were answered with `/metrics`. Rejects if they differ. */
export const scenarios: Readonly<Record<ScenarioName, (stage: Stage) => Promise<void>>> = {
  load: async (stage) => {
    const counted = await watch(stage, /^http_requests_total\{.*route="\/api\/products"/);
    stage.say(`Three clients ask for the products, ${ROUNDS} times each.`);
    const begin = performance.now();
    const client = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS; round += 1) await call(stage, "/api/products");
    };
    await Promise.all([client(), client(), client()]);
    const seconds = (performance.now() - begin) / 1_000;
    await expectCount(stage, counted, 3 * ROUNDS, "requests");
    stage.say(
      `${Math.round((3 * ROUNDS) / seconds)} requests a second. Watch rate(http_requests_total[1m]).`,
    );
  },
  errors: async (stage) => {
    const failed = await watch(stage, /^http_requests_total\{.*route="\/simulate-error",status="500"/);
    const errors = await watch(stage, /^app_errors_total\{/);
    stage.say(`/simulate-error fails half of the time. It is called ${ERRORS} times.`);
    let seen = 0;
    for (let round = 0; round < ERRORS; round += 1)
      if ((await call(stage, "/simulate-error")).status === 500) seen += 1;
    stage.say(`${seen} of ${ERRORS} answers were errors.`);
    await expectCount(stage, failed, seen, "requests with status 500");
    await expectCount(stage, errors, seen, "errors");
  },
  business: async (stage) => {
    const registered = await watch(stage, /^user_registrations_total/);
    const loggedIn = await watch(stage, /^user_logins_total/);
    const revenue = await watch(stage, /^revenue_total_dollars/);
    const username = `testuser-${Date.now()}`;
    stage.say(`Register "${username}", log "admin" in, buy for 29.99 dollars.`);
    await call(stage, "/api/register", { username, email: "test@example.com" });
    await call(stage, "/api/login", { username: "admin", password: "password" });
    await call(stage, "/api/purchase", { payment_method: "card", amount: 29.99 });
    await expectCount(stage, registered, 1, "registration");
    await expectCount(stage, loggedIn, 1, "login");
    await expectCount(stage, revenue, 29.99, "dollars");
  },
};

type Read = () => Promise<number>;

async function call({ origin, signal }: Stage, path: string, body?: unknown) {
  const answer = await send(origin, { path, body }, signal);
  if (answer.status >= 400 && answer.status !== 500)
    throw new NotCounted(`${path} answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** Returns a function that reads by how much a sum of series has grown since. */
async function watch({ origin, signal }: Stage, series: RegExp): Promise<Read> {
  const read = async (): Promise<number> => {
    const { text } = await send(origin, { path: "/metrics" }, signal);
    const lines = text.split("\n").filter((line) => series.test(line));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  };
  const before = await read();
  // Sums of dollars have cents.
  return async () => Math.round(((await read()) - before) * 100) / 100;
}

async function expectCount({ say }: Stage, read: Read, expected: number, what: string): Promise<void> {
  const counted = await read();
  if (counted !== expected) throw new NotCounted(`/metrics has ${counted} ${what} more, not ${expected}.`);
  say(`/metrics has ${expected} ${what} more.`);
}
