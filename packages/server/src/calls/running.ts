/** Called once, when something has ended. `value`: what it returned or resolved to. */
export type End = (outcome: "done" | "error", value?: unknown) => void;

/** Something that has begun. */
export interface Running {
  readonly end: End;
  /** It did not begin yet, after all: another one will. */
  readonly postpone?: () => void;
}

/** Begins something. Never throws. */
export type Begin = () => Running;
