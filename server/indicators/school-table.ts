import { type Combine, combineSums, type Sum } from '../../shared/domain/ratio.ts'

/** What a school has in one column: its sums, whether it is expected to have any, and how new they are. */
export interface SchoolCell {
  sum: Sum
  expected: boolean
  /** Milliseconds; 0 when there is no record. */
  dataAt: number
}

/** What several schools have together. */
export interface TableTotal {
  sum: Sum
  reporting: number
  expected: number
  dataAt: number
}

/** The sums of every school in every column of the board, flat, so that adding up a province takes microseconds. */
export class SchoolTable {
  readonly #schools: number
  readonly #numerators: Float64Array
  readonly #denominators: Float64Array
  readonly #expected: Uint8Array
  readonly #dataAt: Float64Array

  constructor(columns: number, schools: number) {
    this.#schools = schools
    this.#numerators = new Float64Array(columns * schools)
    this.#denominators = new Float64Array(columns * schools)
    this.#expected = new Uint8Array(columns * schools)
    this.#dataAt = new Float64Array(columns * schools)
  }

  get(column: number, school: number): SchoolCell {
    const place = column * this.#schools + school
    return {
      sum: this.sum(column, school),
      expected: this.#expected[place] === 1,
      dataAt: this.#dataAt[place]!,
    }
  }

  sum(column: number, school: number): Sum {
    const place = column * this.#schools + school
    return { numerator: this.#numerators[place]!, denominator: this.#denominators[place]! }
  }

  /** Says what differs now: the sums, anything else, or nothing. */
  set(column: number, school: number, cell: SchoolCell): 'sum' | 'rest' | 'nothing' {
    const place = column * this.#schools + school
    const { sum, dataAt } = cell
    const expected = cell.expected ? 1 : 0
    const sumChanged =
      this.#numerators[place] !== sum.numerator || this.#denominators[place] !== sum.denominator
    const restChanged = this.#expected[place] !== expected || this.#dataAt[place] !== dataAt
    this.#numerators[place] = sum.numerator
    this.#denominators[place] = sum.denominator
    this.#expected[place] = expected
    this.#dataAt[place] = dataAt
    if (sumChanged) return 'sum'
    return restChanged ? 'rest' : 'nothing'
  }

  total(column: number, schools: Int32Array, how: Combine): TableTotal {
    const from = column * this.#schools
    let reporting = 0
    let expected = 0
    let dataAt = 0
    for (const school of schools) {
      const place = from + school
      if (this.#denominators[place]! > 0) {
        reporting += this.#expected[place]!
        if (this.#dataAt[place]! > dataAt) dataAt = this.#dataAt[place]!
      }
      expected += this.#expected[place]!
    }
    return { sum: combineSums(how, this.#sumsOf(from, schools)), reporting, expected, dataAt }
  }

  /** One object is handed out again and again: a province has too many schools to make one for each. */
  *#sumsOf(from: number, schools: Int32Array): Generator<Sum> {
    const sum = { numerator: 0, denominator: 0 }
    for (const school of schools) {
      sum.numerator = this.#numerators[from + school]!
      sum.denominator = this.#denominators[from + school]!
      yield sum
    }
  }
}
