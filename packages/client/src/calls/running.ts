/** Called once, when an operation has ended. `value` is its return value or the value of its promise. */
export type End = (outcome: "done" | "error", value?: unknown) => void;

/** An operation that has begun. */
export interface Running {
  readonly end: End;
  /** Cancels the start: the operation has not begun yet, and will begin as another one. */
  readonly postpone?: () => void;
}

/**
 * Makes a call last until its callback. Returns a callback that ends the call, as `error` or `done` by its first
 * argument, and then runs the given one. Use it within the call. A value that is not a function is returned unchanged.
 */
export type Until = <Callback>(callback: Callback) => Callback;

/** Begins something. Never throws. */
export type Begin = () => Running;
