/** A browser that tests drive the same way whichever it is, with an empty profile. */
export interface Engine {
  /** Opens a new tab, a new visitor, and waits until the page has loaded. */
  open(url: string): Promise<EnginePage>;
  /** Ends every process of the browser and removes its profile. */
  quit(): Promise<void>;
}

/** One tab. */
export interface EnginePage {
  /** Calls a function, or runs an expression, in the page. What it returns or resolves with must be JSON. */
  evaluate<Result>(call: (() => Result | Promise<Result>) | string): Promise<Result>;
  /** Goes to an address as if it was typed, and waits until the page has loaded. */
  goto(url: string): Promise<void>;
  /** Presses the back button, and waits until the page before is shown. */
  goBack(): Promise<void>;
  /** Clicks the first element that matches, by real input. */
  click(selector: string): Promise<void>;
  /** Closes the tab as a user does: the page hears `pagehide`. The browser goes on. */
  closeTab(): Promise<void>;
}

/** The text of an expression that any driver can run. */
export function expressionOf(call: (() => unknown) | string): string {
  return typeof call === "string" ? call : `(${call.toString()})()`;
}
