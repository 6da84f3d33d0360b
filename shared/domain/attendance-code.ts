/**
 * How one pupil stands in the roll of one session, as school software writes it: C, P, K and nothing in Vietnamese
 * practice, category names in Ed-Fi (AttendanceEventCategoryDescriptor of the Ed-Fi data standard). Late and left
 * early have no fixed letter; M and T are seen for late. Each row can be read and written in either way without loss.
 */
export const attendanceStatuses = [
  { status: 'present', letter: 'C', edFi: 'Present', also: ['In Attendance'] },
  { status: 'late', letter: 'M', edFi: 'Tardy', also: ['T'] },
  { status: 'early_leave', letter: null, edFi: 'Early departure', also: ['Partial'] },
  { status: 'excused', letter: 'P', edFi: 'Excused Absence', also: [] },
  { status: 'unexcused', letter: 'K', edFi: 'Unexcused Absence', also: [] },
] as const

/** unchecked: nobody has looked yet; neither letter nor event. */
export type AttendanceStatus = (typeof attendanceStatuses)[number]['status'] | 'unchecked'

export interface RollCounts {
  enrolled: number
  /** Late ones and those who left early were there. */
  present: number
  late: number
  excused: number
  unexcused: number
}

const known = new Map<string, AttendanceStatus>(
  attendanceStatuses.flatMap(({ status, letter, edFi, also }) =>
    [status, letter ?? status, edFi, ...also].map((word) => [word.toLowerCase(), status] as const),
  ),
)

/** The status a code stands for, in capitals or not, also as an Ed-Fi address (`uri://…#Tardy`); undefined: none. */
export function statusOfCode(code: string | null): AttendanceStatus | undefined {
  if (code === null || code.trim() === '') return 'unchecked'
  return known.get(
    code
      .slice(code.lastIndexOf('#') + 1)
      .trim()
      .toLowerCase(),
  )
}

/** The roll of a class. Whoever is unchecked is enrolled and counted nowhere else, and can be told by that. */
export function rollFromStatuses(statuses: readonly AttendanceStatus[]): RollCounts {
  const count = (...wanted: AttendanceStatus[]) => statuses.filter((one) => wanted.includes(one)).length
  return {
    enrolled: statuses.length,
    present: count('present', 'late', 'early_leave'),
    late: count('late'),
    excused: count('excused'),
    unexcused: count('unexcused'),
  }
}
