/** Windows of the alerts about the collector. Long enough for 30 scrapes of 10 s. */
export const SHORT = "5m";

/** Half an hour, because the pages of a small app send rarely, and a share needs enough of them. */
export const LONG = "30m";
