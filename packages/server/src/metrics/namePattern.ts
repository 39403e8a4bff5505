/** A name that becomes part of a metric name or a label value: readable in PromQL without quotes. */
export const NAME = /^[a-z][a-z0-9_]{0,63}$/;
