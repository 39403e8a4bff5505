import { type Command, UsageError } from "./command.ts";
import { listAlerts } from "./alertsList.ts";
import { silenceAlerts } from "./alertsSilence.ts";
import { testReceiver } from "./alertsTest.ts";
import { nearestName } from "@rumkit/server/internal/base";

const USAGE = `Usage: rumkit alerts list [--json]
       rumkit alerts test <receiver>
       rumkit alerts silence <matcher>... --for <time> --why <reason>
       rumkit alerts replay <Prometheus URL or journal> --catalog <catalog.ts> [--last <time>] [--step <time>]

Shows and handles the alerts of a running collector.

  list      alerts that fire and wait, silences, actions and receivers
  test      sends a test to a receiver, as every notice is sent, and waits for its outcome
  silence   holds back notices of alerts: rumkit alerts silence alertname=ShopErrors --for 2h --why "Planned work."
  replay    shows which alerts of a catalog would have fired, so that a threshold is chosen before it wakes anyone

  --url <collector>    its address, with the path where it is mounted. Default http://127.0.0.1:4000
  --api-path <path>    the path of its API. Default the environment's RUMKIT_API_PATH, else /api/rumkit
  --token-file <file>  a token of scope alerts; for list of scope live. Default the environment's RUMKIT_TOKEN, or the
                       file that RUMKIT_TOKEN_FILE names
  --by <name>          your name, for the audit log. Default that of the token, without one that of your account
  --json               list: the answer of the collector as JSON
  --for <time>         silence: 30m, 2h, 7d
  --why <reason>       silence: the reason, for the audit log
  --catalog <file>     replay: the catalog with the alerts to try
  --last <time>        replay: how far back, 1h to 30d. Default 7d
  --step <time>        replay of a Prometheus: the time between two evaluations, 15s to 1h. Default 1m

Exit codes: 0 done, 1 the collector does not answer or refuses, or the test was not delivered, 2 invalid arguments.
`;

const ACTIONS: Readonly<Record<string, (argv: string[]) => Promise<number>>> = {
  list: listAlerts,
  test: testReceiver,
  silence: silenceAlerts,
  // Loaded on demand, because it takes the engine of alerts along.
  replay: async (argv) => (await import("./alertsReplay.ts")).replayAlerts(argv),
};

export const alertsCommand: Command = {
  usage: USAGE,
  run: async ([name, ...argv]) => {
    const known = Object.keys(ACTIONS).join(", ");
    if (name === undefined) throw new UsageError(`[rumkit] Say what to do: ${known}.`);
    if (Object.hasOwn(ACTIONS, name)) return ACTIONS[name]!(argv);
    const meant = nearestName(name, Object.keys(ACTIONS));
    throw new UsageError(
      `[rumkit] Unknown word "${name.slice(0, 64)}" after alerts. ${meant === undefined ? `Known: ${known}.` : `Did you mean ${meant}?`}`,
    );
  },
};
