"use client";

/** Props that name a form for the page's client. */
export interface FormTracking {
  readonly "data-rum-form": string;
}

/**
 * Returns props to spread on a `<form>`. The client then counts starts, submissions and abandonments of the form under
 * this name. User input is never read.
 *
 * @example
 * <form {...useFormTracking("checkout")} onSubmit={pay}>
 */
export function useFormTracking(name: string): FormTracking {
  return { "data-rum-form": name };
}
