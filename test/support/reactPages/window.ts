/** The functions that the test calls in a page, whatever its router is. */
export interface Walk {
  go: (path: string, options?: { replace?: boolean }) => unknown;
  back: () => void;
}

declare global {
  interface Window {
    walk?: Walk;
  }
}
