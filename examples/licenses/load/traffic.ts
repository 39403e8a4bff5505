import type { ToolName } from "../tools.ts";
import type { Ledger } from "./ledger.ts";
import { type Ask, createLicenseClient, type Held } from "./licenseClient.ts";
import { createRandom } from "./random.ts";

/** The demand for a tool. */
export interface Demand {
  readonly perMinute: number;
  /** The time that a license is kept, on average. */
  readonly holdSeconds: number;
  /** Its users. Default: the staff. */
  readonly users?: readonly string[];
}

export type Demands = Readonly<Partial<Record<ToolName, Demand>>>;

/** An ordinary day: about two borrows a second, and no more in use than the contract has. */
export const ORDINARY: Demands = {
  configurator: { perMinute: 20, holdSeconds: 9 },
  compiler: { perMinute: 30, holdSeconds: 10 },
  calibration: { perMinute: 20, holdSeconds: 18 },
  simulator: { perMinute: 30, holdSeconds: 24 },
  bus_analyzer: { perMinute: 20, holdSeconds: 20 },
};

const STAFF = ["ada", "barbara", "chen", "dana", "edsger", "fatima", "grace", "hedy", "ivan", "joan"];

/** A stream of users who borrow, work and return. It moves only while `play` runs. */
export interface Traffic {
  /** Plays so many seconds: who wants a license asks for it, and who is done returns one. */
  readonly play: (seconds: number) => Promise<void>;
  /** From now on. */
  readonly want: (demands: Demands) => void;
  /** Licenses of these users are returned at once. */
  readonly sendHome: (users: readonly string[]) => Promise<void>;
}

export interface TrafficOptions {
  readonly ask: Ask;
  readonly ledger: Ledger;
  readonly seed: number;
}

interface Using {
  readonly held: Held;
  /** Seconds of play. */
  readonly until: number;
}

export function createTraffic({ ask, ledger, seed }: TrafficOptions): Traffic {
  const client = createLicenseClient(ask, ledger);
  const random = createRandom(seed);
  let demands = ORDINARY;
  let now = 0;
  let using: Using[] = [];
  // Of each tool, the part of a request that is left from the seconds before.
  const due = new Map<ToolName, number>();

  const ask1 = async (tool: ToolName, { holdSeconds, users = STAFF }: Demand): Promise<void> => {
    const [user, until] = [random.pick(users), now + random.between(0.5, 1.5) * holdSeconds];
    const held = await client.borrow(tool, user);
    if (held) using.push({ held, until });
  };
  const giveBack = async (isDone: (of: Using) => boolean): Promise<void> => {
    const done = using.filter(isDone);
    using = using.filter((of) => !isDone(of));
    for (const { held } of done) await client.giveBack(held);
  };

  return {
    want: (next) => (demands = next),
    sendHome: (users) => giveBack(({ held }) => users.includes(held.user)),
    play: async (seconds) => {
      now += seconds;
      await giveBack(({ until }) => until <= now);
      for (const [tool, demand] of Object.entries(demands) as [ToolName, Demand][]) {
        let wanted = (due.get(tool) ?? random.between(0, 1)) + (demand.perMinute * seconds) / 60;
        for (; wanted >= 1; wanted--) await ask1(tool, demand);
        due.set(tool, wanted);
      }
    },
  };
}
