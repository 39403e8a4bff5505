import { useEffect } from "react";

/**
 * Keeps the focus where it was when a frame moves or removes the element that has it: on the same element if it is still
 * there, else in the row of the same alert, action, silence or error.
 * A viewer who left it does not get it back. Some browsers take the focus from each element that moves.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let kept: HTMLElement | undefined;
    let row: string | undefined;
    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      kept = target;
      row = target.closest<HTMLElement>("[data-row]")?.dataset["row"];
    };
    const onBlur = ({ target }: FocusEvent): void => {
      // Later, because some browsers also say so of an element that they are about to take away.
      setTimeout(() => {
        if (target === kept && kept?.isConnected && document.activeElement !== kept) kept = undefined;
      });
    };
    const observer = new MutationObserver((records) => {
      const element = kept;
      if (!element || document.activeElement !== document.body) return;
      const isTaken = records.some(({ removedNodes }) =>
        [...removedNodes].some((node) => node.contains(element)),
      );
      if (isTaken) (element.isConnected ? element : twinOf(element, row))?.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", onBlur);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", onBlur);
      observer.disconnect();
    };
  }, []);
}

/** The control with the same words in the same row, or the first one of that row. Undefined if the row is gone. */
function twinOf({ textContent }: HTMLElement, row: string | undefined): HTMLElement | undefined {
  if (row === undefined) return undefined;
  const controls = document.querySelectorAll<HTMLElement>(
    `[data-row="${CSS.escape(row)}"] :is(summary, button, a[href])`,
  );
  return [...controls].find((control) => control.textContent === textContent) ?? controls[0];
}
