interface Bindings {
  readonly parameters: unknown[];
  /** Adds a parameter and returns its placeholder. */
  readonly bind: (value: unknown) => string;
}

/** The parameters of a statement that is put together piece by piece; `$1` and so on are given. */
export function bindings(...given: unknown[]): Bindings {
  const parameters = [...given];
  return { parameters, bind: (value) => `$${parameters.push(value)}` };
}
