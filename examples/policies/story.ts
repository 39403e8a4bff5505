import type { AuditEntries, AuditEntry, LiveAction, LiveAlert, LiveAlerts } from "@rumkit/protocol";
import type { Channel, Message } from "./outbox/outbox.ts";
import { FAULTY } from "./rules.ts";

/** The server on which the story plays, and its audience. */
export interface Stage {
  /** Asks the server for a path. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Prints one line. */
  readonly say: (line: string) => void;
  /** Resolves after so many milliseconds. A rejection ends the story. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Channels whose notices go to a real service, and not to the outbox. */
  readonly real: readonly string[];
}

/** The audience did not see what the story promised. */
export class NotSeen extends Error {
  override readonly name = "NotSeen";
}

const SLOW = "PoliciesSlowLookups";

const OVERRIDES = "PoliciesOverrideRate";

const CHANNELS: readonly Channel[] = ["mail", "slack", "sms"];

/** Seconds after which what should be seen has not been seen. */
const PATIENCE_SECONDS = 120;

/**
 * The rollback: a rule is deployed, look-ups of one region become slow, people override its answers, three notices arrive, a
 * person approves that the rule is taken back, the alert ends, and the audit log says that it helped. About a minute.
 */
export async function playRollback(stage: Stage): Promise<void> {
  const { tell, see, ask, post } = startTelling(stage);
  const alerts = async () => (await read(await ask("/api/rumkit/alerts"))) as LiveAlerts;
  const firing = async (name: string): Promise<LiveAlert | undefined> =>
    (await alerts()).alerts.find((alert) => alert.name === name && alert.state === "firing");
  const noticesOf = (word: string) => async (): Promise<readonly Message[] | undefined> => {
    const { messages } = (await read(await ask("/outbox"))) as { messages: readonly Message[] };
    const found = messages.filter(({ text }) => text.includes(SLOW) && text.toUpperCase().includes(word));
    return CHANNELS.every((channel) => found.some((message) => message.channel === channel))
      ? found
      : undefined;
  };

  await see("answers of three regions, and no alert.", async () => {
    const { alerts: active } = await alerts();
    return (await countedRegions(ask)) === 3 && active.length === 0 ? true : undefined;
  });
  tell("Rule 2026.1 answers in all regions within some milliseconds, and people seldom override it.");

  await post("/rules", {
    version: FAULTY,
    by: "story",
    why: "Records of the west are read from the archive.",
  });
  tell(`Rule ${FAULTY} is deployed.`);
  const slow = await see("the alert about slow look-ups.", () => firing(SLOW));
  const { endpoint, region } = slow.labels;
  insist(endpoint === "/policies/:id" && region === "west", "an alert that names /policies/:id in the west.");
  tell(`${SLOW} fires, for ${endpoint} in the ${region} alone: ${slow.summary}`);

  const overridden = await see("the alert about overrides.", () => firing(OVERRIDES));
  insist(overridden.labels["region"] === "west", "overrides of the west.");
  tell(`${OVERRIDES} fires: ${overridden.summary}`);
  if (stage.real.length === 0) {
    await see("a notice by mail, Slack and SMS.", noticesOf("FIRING"));
    tell("Three notices have arrived, by mail, Slack and SMS.");
  } else tell(`Notices go to ${stage.real.join(" and ")}.`);

  const action = async (state: LiveAction["state"]) =>
    (await alerts()).actions.find((each) => each.episode === slow.episode && each.state === state);
  const asked = await see("a rollback that waits for its approval.", () => action("awaiting_approval"));
  insist((await currentRule(ask)) === FAULTY, "a rule that stays until a person approves.");
  tell("The collector asks to take the rule back, and waits for a person.");
  const why = `Look-ups in the west are slow since ${FAULTY}.`;
  await post(`/api/rumkit/actions/${asked.id}/approve`, { by: "story", why });
  const done = await see("the action done.", () => action("done"));
  const rule = await currentRule(ask);
  insist(rule !== FAULTY, "the rule before.");
  tell(`Approved by ${done.approvedBy.join(", ")}: rule ${rule} answers again.`);

  await see("the end of both alerts.", async () =>
    (await alerts()).alerts.every(({ name }) => ![SLOW, OVERRIDES].includes(name)) ? true : undefined,
  );
  if (stage.real.length === 0) await see("the resolve by mail, Slack and SMS.", noticesOf("RESOLVED"));
  tell("Both alerts are resolved, and each receiver has heard of it.");

  const verified = await see("the verdict in the audit log.", async () => {
    const { entries } = (await read(await ask("/api/rumkit/audit?limit=1000"))) as AuditEntries;
    return entries.find(({ what, about }) => what === "action_verified" && about === asked.id);
  });
  insist(verified.facts?.["helped"] === true, "a rollback that helped.");
  tell("The audit log says that it helped, and who, what, when and why:");
  for (const entry of await entriesOf(ask, asked.id)) tell(`  ${describe(entry)}`);
}

function startTelling({ ask, say, pause }: Stage) {
  const start = performance.now();
  const seconds = (): number => Math.round((performance.now() - start) / 1_000);
  return {
    ask,
    tell: (line: string): void => say(`${String(seconds()).padStart(3)} s  ${line}`),
    /** Looks until something is seen. Then it returns it; the story has failed if that takes too long. */
    see: async <Seen>(what: string, look: () => Promise<Seen | undefined>): Promise<Seen> => {
      const deadline = performance.now() + PATIENCE_SECONDS * 1_000;
      for (;;) {
        const seen = await look();
        if (seen !== undefined) return seen;
        insist(performance.now() < deadline, `${what} Waited ${PATIENCE_SECONDS} s.`);
        await pause(250);
      }
    },
    post: async (path: string, body: object): Promise<void> => {
      const headers = { "content-type": "application/json" };
      expectAnswer(await ask(path, { method: "POST", headers, body: JSON.stringify(body) }));
    },
  };
}

function insist(holds: boolean, what: string): asserts holds {
  if (!holds) throw new NotSeen(`Not seen: ${what}`);
}

function expectAnswer(response: Response): void {
  insist(response.ok, `an answer of the server. It is ${response.status}.`);
}

async function read(response: Response): Promise<unknown> {
  expectAnswer(response);
  return await response.json();
}

/** Regions of which look-ups and decisions are counted. */
async function countedRegions(ask: Stage["ask"]): Promise<number> {
  const text = await (await ask("/metrics")).text();
  const regions = ["north", "south", "west"].filter(
    (region) =>
      new RegExp(
        `^api_response_time_seconds_count\\{.*endpoint="/policies/:id".*region="${region}".*\\} [1-9]`,
        "m",
      ).test(text) && new RegExp(`^hitl_decisions_total\\{.*region="${region}".*\\} [1-9]`, "m").test(text),
  );
  return regions.length;
}

async function currentRule(ask: Stage["ask"]): Promise<string> {
  return ((await read(await ask("/rules"))) as { current: string }).current;
}

async function entriesOf(ask: Stage["ask"], about: string): Promise<readonly AuditEntry[]> {
  const query = new URLSearchParams({ about });
  return ((await read(await ask(`/api/rumkit/audit?${query}`))) as AuditEntries).entries;
}

function describe({ at, who, what, why, facts }: AuditEntry): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const verdict = facts?.["helped"] === true ? ": it helped" : "";
  return `${time}  ${who}  ${what}${why === undefined ? verdict : `: ${why}`}`;
}
