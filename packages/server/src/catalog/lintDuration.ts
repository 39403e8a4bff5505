import type { AlertDuration } from "@rumkit/protocol";
import { secondsOf } from "./alertDefaults.ts";
import { type Check, mustBe } from "../base/shape.ts";

const DURATION = /^[1-9]\d{0,5}[smhd]$/;

/** Checks a duration in one unit. `0s` is allowed too. */
export const checkDuration: Check = (value, path, faults) => {
  if (typeof value === "string" && (DURATION.test(value) || /^0[smhd]$/.test(value))) return;
  const unit = typeof value === "number" ? ` Did you mean "${value}s"?` : "";
  faults.add(path, mustBe('a time with its unit, e.g. "5m"', value) + unit);
};

/** The longest window, and the longest way back to an earlier one, in days: a month. The collector keeps the samples so long. */
const LONGEST_DAYS = 31;

/** Checks the length of a window, which is not zero and not longer than what is kept. */
export const checkWindow: Check = (value, path, faults) => {
  const before = faults.found.length;
  checkDuration(value, path, faults);
  if (faults.found.length === before && (value as string).startsWith("0"))
    faults.add(path, 'must be longer than zero, e.g. "5m".');
  else if (faults.found.length === before && secondsOf(value as AlertDuration) > LONGEST_DAYS * 86_400)
    faults.add(path, `must be ${LONGEST_DAYS}d or less: samples are kept no longer.`);
};
