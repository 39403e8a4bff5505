/** A name that becomes part of a metric name or a label value: readable in PromQL without quotes. */
export const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** A name that services report under, which may have dots and dashes. */
export const INGESTED_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;
