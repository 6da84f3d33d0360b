/** Why a cell of an imported table is refused, for the person who has to correct it. */
export interface Reason {
  vi: string
  en: string
}

export interface RowFault {
  /** Line of the file, 1 the header. */
  line: number
  column: string
  value: string
  reason: Reason
}

const LONGEST_VALUE = 60

/** One line for one fault: where it is, what stands there, why it is refused (Vietnamese, English). */
export function describeFault(fault: RowFault): string {
  const value = fault.value.length > LONGEST_VALUE ? `${fault.value.slice(0, LONGEST_VALUE)}…` : fault.value
  const { line, column, reason } = fault
  return `dòng (line) ${line}, cột (column) ${column}, giá trị (value) ${JSON.stringify(value)}: ${reason.vi}. ${reason.en}.`
}

/** Lines that hold at least one fault. */
export function faultyLines(faults: readonly RowFault[]): Set<number> {
  return new Set(faults.map((fault) => fault.line))
}
