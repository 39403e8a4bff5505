import { createContext } from "react";

/** The digests of events that a page of this tab sent. */
export const OwnSenders = createContext<ReadonlySet<string>>(new Set());
