// Values by name, each of which tells of its own changes alone: a page may have thousands of fields, and a keystroke touches one.
export class KeyedSignals<T> {
  readonly #none: T;
  readonly #same: (a: T, b: T) => boolean;
  readonly #signals: Record<string, Signal<T>> = {};
  #full: readonly string[] = [];

  constructor(none: T, same: (a: T, b: T) => boolean = Object.is) {
    this.#none = none;
    this.#same = same;
  }

  /** To be kept by whoever reads it: a reaction that made a signal is not told of its changes. */
  signal(name: string): Signal<T> {
    return (this.#signals[name] ??= new Signal(this.#none));
  }

  /** All that there is now. */
  fill(values: Readonly<Record<string, T>>): void {
    for (const name of this.#full) if (!(name in values)) this.signal(name).value = this.#none;
    for (const [name, value] of Object.entries(values)) {
      const signal = this.signal(name);
      if (!this.#same(signal.value, value)) signal.value = value;
    }
    this.#full = Object.keys(values);
  }
}

export class Signal<T> {
  value = $state.raw() as T;

  constructor(value: T) {
    this.value = value;
  }
}
