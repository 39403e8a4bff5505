import { requestErrorRatio } from "./backend.ts";
import type { BoardSpec } from "./boardSpec.ts";
import { activeSessions, conversionRate, conversionsInTotal } from "./conversions.ts";
import { revenueInTotal, revenuePerMinute } from "./money.ts";
import { BUSINESS_TIME } from "./ranges.ts";

/** The board for the wall: few large numbers. */
export const overview: BoardSpec = {
  name: "overview",
  title: "Overview",
  description: "The main figures of the business and of its users, large enough for the wall.",
  ...BUSINESS_TIME,
  describe: (context) => [
    {
      title: "Now",
      rows: [
        [activeSessions(context), ...revenueInTotal(context)],
        [conversionsInTotal(context), conversionRate(context)],
      ],
    },
    { title: "Over time", rows: [[...revenuePerMinute(context), requestErrorRatio(context)]] },
  ],
};
