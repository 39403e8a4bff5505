export const REGIONS = ["north", "south", "west"] as const;

export type Region = (typeof REGIONS)[number];

export type Outcome = "allowed" | "denied" | "review";

interface Policy {
  readonly id: string;
  readonly title: string;
  /** The outcome that a person would give. */
  readonly outcome: Outcome;
}

export const POLICIES: readonly Policy[] = [
  { id: "p-101", title: "Travel of contractors", outcome: "review" },
  { id: "p-102", title: "Gifts below 50 dollars", outcome: "allowed" },
  { id: "p-103", title: "Access to closed records", outcome: "denied" },
  { id: "p-104", title: "Work from another state", outcome: "allowed" },
  { id: "p-105", title: "Extension of a deadline", outcome: "review" },
  { id: "p-106", title: "Data that leaves the agency", outcome: "denied" },
  { id: "p-107", title: "Loan of equipment", outcome: "allowed" },
  { id: "p-108", title: "Second employment", outcome: "review" },
];

export function isRegion(text: string): text is Region {
  return (REGIONS as readonly string[]).includes(text);
}
