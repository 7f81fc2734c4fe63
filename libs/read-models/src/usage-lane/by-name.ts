/** Values by name, in the order of the names: equal content has one form, whatever came first. */
export class ByName<V> {
  readonly names: string[] = [];
  readonly values: V[] = [];

  /** The value of this name; made where there is none yet. */
  of(name: string, make: () => V): V {
    // A handful of names: looking through them is cheaper than a map of them.
    const known = this.values[this.names.indexOf(name)];
    if (known !== undefined) return known;
    const next = this.names.findIndex((other) => other > name);
    const at = next === -1 ? this.names.length : next;
    const made = make();
    this.names.splice(at, 0, name);
    this.values.splice(at, 0, made);
    return made;
  }
}
