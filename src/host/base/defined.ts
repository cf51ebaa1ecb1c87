/**
 * Removes undefined fields from an object.
 */

type OptionalKey<Values> = {
  [Key in keyof Values]-?: undefined extends Values[Key] ? Key : never;
}[keyof Values];

type Defined<Values> = Omit<Values, OptionalKey<Values>> & {
  [Key in OptionalKey<Values>]?: Exclude<Values[Key], undefined>;
};

/** `values` without the fields that are undefined. */
export function defined<Values extends object>(values: Values): Defined<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Values>;
}
