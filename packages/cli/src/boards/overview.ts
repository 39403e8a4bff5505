import { requestErrorRatio } from "./httpPanels.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardSpec } from "./boardSpec.ts";
import {
  activeSessions,
  conversionRate,
  conversionsAgainstLastWeek,
  conversionTotals,
  visitors,
} from "./conversions.ts";
import { worstObjective } from "./errorBudgets.ts";
import { revenueInTotal, revenuePerMinute } from "./money.ts";
import { hardLcp } from "./vitals.ts";
import { BUSINESS_TIME } from "./ranges.ts";

/** The board for the wall: few large numbers. */
export const overview: BoardSpec = {
  name: "overview",
  title: "Overview",
  description: "The main figures of the business and of its users, large enough for the wall.",
  ...BUSINESS_TIME,
  describe: (context) => [
    {
      title: "Today",
      rows: [
        [...revenueInTotal(context), ...conversionTotals(context)].map(large),
        [visitors(context), conversionRate(context), activeSessions(context), worstObjective(context)].map(
          large,
        ),
      ],
    },
    {
      title: "Over time",
      rows: [
        [...revenuePerMinute(context), conversionsAgainstLastWeek(context)],
        [hardLcp(context), requestErrorRatio(context)],
      ],
    },
  ],
};

function large(panel: QueryPanel): QueryPanel {
  return { ...panel, large: true };
}
