/** Thrown for an invalid configuration, with all of its faults. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(["[rumkit] Invalid configuration:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.name = "ConfigError";
    this.faults = faults;
  }
}
