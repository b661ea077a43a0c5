// Choosing among categories: one, or several with perhaps one that excludes the others.

export interface Categories {
  readonly names: readonly string[];
  readonly several: boolean;
  /** The category that stands for none of the others. */
  readonly exclusion: string | null;
}

/** Return what is chosen after a category was chosen, or given up. */
export function choose(all: Categories, chosen: readonly string[], name: string): readonly string[] {
  if (!all.several) return [name];
  if (chosen.includes(name)) return chosen.filter((other) => other !== name);
  if (name === all.exclusion) return [name];
  const wanted = new Set([...chosen.filter((other) => other !== all.exclusion), name]);
  return all.names.filter((other) => wanted.has(other));
}
