// Values by name, each of which tells of its own changes alone: a page may have thousands of fields, and a keystroke touches one.
export class Cells<T> {
  readonly #none: T;
  readonly #same: (a: T, b: T) => boolean;
  readonly #cells: Record<string, Cell<T>> = {};
  #full: readonly string[] = [];

  constructor(none: T, same: (a: T, b: T) => boolean = Object.is) {
    this.#none = none;
    this.#same = same;
  }

  /** To be kept by whoever reads it: a reaction that made a cell is not told of its changes. */
  cell(name: string): Cell<T> {
    return (this.#cells[name] ??= new Cell(this.#none));
  }

  /** All that there is now. */
  fill(values: Readonly<Record<string, T>>): void {
    for (const name of this.#full) if (!(name in values)) this.cell(name).value = this.#none;
    for (const [name, value] of Object.entries(values)) {
      const cell = this.cell(name);
      if (!this.#same(cell.value, value)) cell.value = value;
    }
    this.#full = Object.keys(values);
  }
}

export class Cell<T> {
  value = $state.raw() as T;

  constructor(value: T) {
    this.value = value;
  }
}
