/** One result of `rumkit doctor`. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  /** The finding, in one line. */
  readonly message: string;
  /** The remedy, in one line. */
  readonly advice?: string;
}

export const ok = (name: string, message: string): Check => ({ name, status: "ok", message });

export const warn = (name: string, message: string, advice: string): Check => ({
  name,
  status: "warn",
  message,
  advice,
});

export const fail = (name: string, message: string, advice: string): Check => ({
  name,
  status: "fail",
  message,
  advice,
});
