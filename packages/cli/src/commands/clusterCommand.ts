import { setTimeout as wait } from "node:timers/promises";
import { type Broker, openBroker } from "@rumkit/server";
import {
  type ClusterRecords,
  clusterRecords,
  takeOver,
  WANTED,
  writeAssignment,
} from "@rumkit/server/internal/cluster";
import { WITHOUT_CATALOG } from "@rumkit/server/internal/metrics";
import { parseCommandLine } from "./arguments.ts";
import { readBroker } from "./brokerOption.ts";
import { readCluster, renderCluster } from "./clusterState.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit cluster show [--json] [--broker <address>] [--app <app>]
       rumkit cluster assign --aggregators <number> [--name <name>] [--broker <address>] [--app <app>]
       rumkit cluster take-over --lost <name> [--broker <address>] [--app <app>]

Shows and changes which aggregator counts which partition of the log that several collectors share.

  show                 the owner of each partition, and how far behind it is
  assign               spreads the partitions evenly over so many aggregators. The running ones follow: each partition is
                       released at its position, and claimed there, without a gap and without a double count. Few of them
                       move. An aggregator that gets no partition keeps its counts: let Prometheus scrape it once more
                       before you stop it
  take-over            frees the partitions of an aggregator whose disk is lost. Others continue at the last position that
                       it published. Its counters are gone; Prometheus has their past

  --aggregators <n>    1 to the number of partitions
  --name <name>        the beginning of their names: aggregate-0, aggregate-1, … Default aggregate
  --lost <name>        the name of the aggregator
  --wait <seconds>     how long assign waits until the partitions have moved. Default 60; 0 does not wait
  --broker <address>   nats://10.0.0.5:4222, redis://…, kafka://…; default the environment's RUMKIT_BROKER, or the file that
                       RUMKIT_BROKER_FILE names, so that no password is on the command line
  --app <app>          the app of the catalog; default app, as without a catalog. One that the log does not have is refused
  --json               print the state as JSON

Exit codes: 0 done, 1 the log does not answer or partitions have not moved, 2 invalid arguments.
`;

const OPTIONS = {
  aggregators: { type: "string" },
  name: { type: "string", default: "aggregate" },
  lost: { type: "string" },
  wait: { type: "string", default: "60" },
  broker: { type: "string", default: "-" },
  app: { type: "string", default: WITHOUT_CATALOG.app },
  json: { type: "boolean", default: false },
} as const;

export const clusterCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, OPTIONS);
    const [what, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`[rumkit] rumkit cluster ${what} takes no more arguments.`);
    switch (what ?? "") {
      case "show":
        return withBroker(values, async (broker) => {
          const state = await readCluster(broker);
          print(values.json ? `${JSON.stringify(state, undefined, 2)}\n` : renderCluster(state));
          return 0;
        });
      case "assign":
        return assign(values);
      case "take-over":
        return takeOverLost(values);
      default:
        throw new UsageError("[rumkit] rumkit cluster takes show, assign or take-over.");
    }
  },
};

interface Where {
  readonly broker: string;
  readonly app: string;
}

/** Runs with the log of an app, and closes it. */
async function withBroker(
  { broker: given, app }: Where,
  run: (broker: Broker) => Promise<number>,
): Promise<number> {
  const url = await readBroker(given, process.env);
  // serve and doctor judge its settings.
  const broker = await openBroker({ url, app, create: false, allowUnsafe: true, log: { warn: () => {} } });
  try {
    return await run(broker);
  } finally {
    await broker.close();
  }
}

const NAME = /^[a-z0-9-]{1,60}$/i;

async function assign(
  values: Where & {
    readonly aggregators?: string | undefined;
    readonly name: string;
    readonly wait: string;
  },
): Promise<number> {
  const count = wholeNumber("--aggregators", values.aggregators, 1);
  const seconds = wholeNumber("--wait", values.wait, 0);
  if (!NAME.test(values.name))
    throw new UsageError("[rumkit] --name must be 1 to 60 letters, digits and -, e.g. aggregate.");
  return withBroker(values, async (broker) => {
    if (count > broker.partitions)
      throw new UsageError(
        `[rumkit] --aggregators must be at most ${broker.partitions}, the number of partitions of the log.`,
      );
    const names = Array.from({ length: count }, (_, index) => `${values.name}-${index}`);
    const records = clusterRecords(broker.records);
    const { owners } = await writeAssignment(records, broker.partitions, names);
    for (const name of names) print(`${name}: partitions ${partitionsOf(owners, name)}\n`);
    return seconds === 0 ? 0 : await waitForOwners(records, owners, seconds);
  });
}

function partitionsOf(owners: readonly string[], name: string): string {
  return owners.flatMap((owner, partition) => (owner === name ? [partition] : [])).join(", ");
}

const LOOK_MS = 500;

/** Waits until each partition belongs to its wanted owner. Returns the exit code. */
async function waitForOwners(
  records: ClusterRecords,
  owners: readonly string[],
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const owned = new Map((await records.partitions.list()).map(([name, { value }]) => [name, value.owner]));
    const left = owners.flatMap((owner, partition) =>
      owned.get(String(partition)) === owner ? [] : [`${partition} (${owner})`],
    );
    const now = (await records.assignment.read(WANTED))?.value.owners;
    if (now?.join() !== owners.join()) throw new Error("[rumkit] Another command changed the assignment.");
    if (left.length === 0) {
      print("Every partition belongs to its aggregator.\n");
      return 0;
    }
    if (performance.now() > end) {
      process.stderr.write(
        `[rumkit] These partitions have not moved yet: ${left.join(", ")}. Do these aggregators run? The assignment holds: they follow it once they run.\n`,
      );
      return 1;
    }
    await wait(LOOK_MS);
  }
}

async function takeOverLost(values: Where & { readonly lost?: string | undefined }): Promise<number> {
  const { lost: name } = values;
  if (name === undefined) throw new UsageError("[rumkit] --lost is missing: the name of the aggregator.");
  return withBroker(values, async (broker) => {
    print(`Watching "${name}" for ten seconds: one that is alive is left alone.\n`);
    const taken = await takeOver({ records: clusterRecords(broker.records), name, wait });
    for (const { partition, from } of taken)
      print(`Partition ${partition} is free, and continues after ${from}.\n`);
    print(
      `"${name}" may start with a new journal, or assign its partitions to others: rumkit cluster assign.\n`,
    );
    return 0;
  });
}

function wholeNumber(flag: string, text: string | undefined, least: number): number {
  const number = Number(text);
  if (text !== undefined && /^\d{1,6}$/.test(text) && number >= least) return number;
  throw new UsageError(`[rumkit] ${flag} must be a whole number, at least ${least}.`);
}

function print(text: string): void {
  process.stdout.write(text);
}
