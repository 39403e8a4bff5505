import { onUserClick } from "./userClicks.ts";
import type { Source } from "../contract/source.ts";

/**
 * Counts clicks by the `data-rum` name of the clicked element or its closest named ancestor, otherwise by role or tag.
 */
export const clicks = (): Source => (page) =>
  onUserClick(page, (name) => page.record({ type: "click", name }));
