"use client";

/** What makes a form known to the page's client. */
export interface FormTracking {
  readonly "data-rum-form": string;
}

/**
 * Props to spread on a `<form>`: the client then counts under this name that a user began to fill it in, sent
 * it, or left it unsent. What they typed is never read.
 *
 * @example
 * <form {...useFormTracking("checkout")} onSubmit={pay}>
 */
export function useFormTracking(name: string): FormTracking {
  return { "data-rum-form": name };
}
