import { type Demands, ORDINARY } from "../load/traffic.ts";
import { type ToolName, toolNames, tools } from "../tools.ts";
import { byTool, type Stage, startTelling } from "./telling.ts";

const DAYS = 30;

/** The seconds in which a day is played: a month takes a minute. */
const DAY_SECONDS = 2;

/** The month of a tool. */
interface Month {
  readonly tool: ToolName;
  /** The most licenses in use at once, of each day. */
  readonly peaks: readonly number[];
}

/**
 * Capacity planning: a month of business in a minute, each day of it two seconds. Read off the live stream: the simulator
 * is wanted more each week and outgrows its contract, the bus analyzer never needs half of its licenses.
 */
export async function playCapacityPlanning(stage: Stage): Promise<void> {
  const telling = await startTelling(stage);
  const { tell, insist, play, traffic, watch } = telling;
  tell("A month in a minute: each day takes two seconds, weekends are quiet.");
  const months = new Map(toolNames.map((tool): [ToolName, number[]] => [tool, []]));
  for (let day = 0; day < DAYS; day++) {
    traffic.want(demandsOf(day));
    const peaks = new Map<string, number>();
    for (let slice = 0; slice < DAY_SECONDS * 2; slice++) {
      await play(0.5);
      for (const [tool, borrowed] of Object.entries(byTool(await watch(), "licenses_borrowed")))
        peaks.set(tool, Math.max(peaks.get(tool) ?? 0, borrowed));
    }
    for (const [tool, days] of months) days.push(peaks.get(tool) ?? 0);
    if (day % 7 === 6) tell(`Week ${(day + 1) / 7}: ${describeWeek(months)}`);
  }
  const [growing, idle] = [read(months, "simulator"), read(months, "bus_analyzer")];
  const [first, last] = [weekPeak(growing, 0), weekPeak(growing, 21)];
  const { commit } = tools.simulator;
  const over = growing.peaks.filter((peak) => peak > commit).length;
  insist(last >= first * 1.3, "a simulator that is wanted a third more in the last week than in the first.");
  insist(over >= 3, "days on which the simulator is beyond its contract.");
  tell(
    `The simulator grew from ${first} to ${last} at once, and was beyond its ${commit} on ${over} of ${DAYS} days.`,
  );
  const most = Math.max(...idle.peaks);
  insist(
    most > 0 && most < tools.bus_analyzer.commit / 2,
    "a bus analyzer that never needs half of its licenses.",
  );
  tell(
    `The bus analyzer never had more than ${most} of ${tools.bus_analyzer.commit} in use. Advice: fewer of these, more simulators.`,
  );
  tell("The same for 30 real days, in Grafana: max_over_time(sum by (tool) (licenses_borrowed)[30d:1h])");
  tell(await telling.settle());
}

/** The first day is a Monday. Who borrows keeps a license for half a day. */
function demandsOf(day: number): Demands {
  const workday = day % 7 < 5 ? 1 : 0.15;
  const atOnce = {
    configurator: 3,
    compiler: 5,
    calibration: 6,
    simulator: 9 + day / 2.5,
    bus_analyzer: 2.5,
  };
  return Object.fromEntries(
    Object.keys(ORDINARY).map((tool) => [
      tool,
      { perMinute: atOnce[tool as ToolName] * workday * 60, holdSeconds: DAY_SECONDS / 2 },
    ]),
  );
}

function read(months: ReadonlyMap<ToolName, readonly number[]>, tool: ToolName): Month {
  return { tool, peaks: months.get(tool)! };
}

/** The highest of the seven days from `day`. */
function weekPeak({ peaks }: Month, day: number): number {
  return Math.max(...peaks.slice(day, day + 7));
}

/** The highest use of each tool in the last seven days. */
function describeWeek(months: ReadonlyMap<ToolName, readonly number[]>): string {
  return [...months].map(([tool, days]) => `${tool} ${Math.max(...days.slice(-7))}`).join(", ");
}
