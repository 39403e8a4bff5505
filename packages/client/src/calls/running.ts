/** Called once, when something has ended. `value`: what it returned or resolved to. */
export type End = (outcome: "done" | "error", value?: unknown) => void;

/** Something that has begun. */
export interface Running {
  readonly end: End;
  /** It did not begin yet, after all: another one will. */
  readonly postpone?: () => void;
}

/**
 * Has a call last until its callback: returns a callback that ends the call, by its first argument as `error` or `done`,
 * and then does what the given one does. To be asked within the call; anything but a function comes back as it is.
 */
export type Until = <Callback>(callback: Callback) => Callback;

/** Begins something. Never throws. */
export type Begin = () => Running;
