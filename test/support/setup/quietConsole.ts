import { afterEach, beforeEach, expect, vi } from "vitest";

/** A line on the console that no test expects is a defect: it would be one in a user's page or log too. */
const methods = ["debug", "info", "log", "warn", "error"] as const;

beforeEach(() => {
  for (const method of methods) vi.spyOn(console, method).mockImplementation(() => {});
});

afterEach(() => {
  for (const method of methods) {
    const lines = vi.mocked(console[method]).mock.calls;
    vi.mocked(console[method]).mockRestore();
    expect(lines, `unexpected console.${method}`).toEqual([]);
  }
});
