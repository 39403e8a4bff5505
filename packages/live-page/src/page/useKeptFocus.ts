import { useEffect } from "react";

/**
 * Keeps the focus near when the element that has it moves or goes: on the same element if it is still there, else in the row
 * of the same alert, action, silence or error, else on the section that it was in. So the next Tab starts where the viewer
 * was, not at the top of the page.
 * A viewer who left it does not get it back. Some browsers take the focus from each element that moves.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let kept: HTMLElement | undefined;
    let row: string | undefined;
    let places: HTMLElement[] = [];
    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      kept = target;
      row = target.closest<HTMLElement>("[data-row]")?.dataset["row"];
      // Asked for now: an element that is gone has left its section, too.
      if (!target.closest("dialog")) places = placesOf(target);
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
      if (!isTaken) return;
      if (element.isConnected) return element.focus({ preventScroll: true });
      const twin = twinOf(element, row);
      if (twin) twin.focus({ preventScroll: true });
      else focusPlace(places.find((place) => place.isConnected && !place.hidden));
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

/** The sections that hold an element, the closest first, and the content of the page as the last. */
function placesOf(element: HTMLElement): HTMLElement[] {
  const places: HTMLElement[] = [];
  for (
    let place = element.closest<HTMLElement>("section, main");
    place !== null;
    place = place.parentElement?.closest<HTMLElement>("section, main") ?? null
  )
    places.push(place);
  const content = document.querySelector("main");
  if (content && !places.includes(content)) places.push(content);
  return places;
}

/** Focuses a section, and leaves it as it was once the focus goes on: a click into it must not focus it. */
function focusPlace(place: HTMLElement | undefined): void {
  if (!place || place.hasAttribute("tabindex")) return place?.focus({ preventScroll: true });
  place.tabIndex = -1;
  place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  place.focus({ preventScroll: true });
}
