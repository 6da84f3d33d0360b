import { type CalendarEntry, dayKind } from './calendar.ts'
import { addDays, dayOf, MINUTE_MS, minuteOfDay, momentOf, weekdayOf } from './time.ts'

export interface DemoClockQuestion {
  /** Real time, in milliseconds. */
  now: number
  /** Newest event time in the store, in milliseconds; undefined in an empty one. */
  newestStored: number | undefined
  calendar: readonly CalendarEntry[]
  speed: number
  /** Time of day (HH:MM) the simulated clock is to start at; undefined: real time in school hours, else 07:20. */
  startTime: string | undefined
}

export interface DemoClock {
  /** `shown` at the real moment `real`, running `speed` times as fast from there. */
  setting: { real: number; shown: number; speed: number }
  /** Which clock it is and why, for the person who started it. */
  why: string
}

/** The first run shows the rolls of the morning coming in. */
const USUAL_START = '07:20'
const HOURS_OPEN = 6 * 60 + 30
const HOURS_CLOSED = 17 * 60
/** A clock that starts later than this would show the school day only as it ends. */
const TOO_LATE_TO_CONTINUE = 16 * 60 + 30
/** Longer than the longest holiday of any school year. */
const DAYS_LOOKED_AT = 200

/**
 * The clock of a demonstration: real in school hours, otherwise one that shows a school day. It never starts
 * before the newest stored record, because time that goes back would make stored data lie in the future.
 */
export function chooseDemoClock(question: DemoClockQuestion): DemoClock {
  const { now, newestStored, calendar, speed, startTime } = question
  const today = dayOf(now)
  const nothingNewer = newestStored === undefined || newestStored <= now
  if (speed === 1 && startTime === undefined && nothingNewer && inSchoolHours(now, calendar)) {
    const setting = { real: 0, shown: 0, speed: 1 }
    return { setting, why: 'Đang trong giờ học: đồng hồ thực (school hours: real clock).' }
  }
  const simulated = (shown: number, why: string): DemoClock => ({
    setting: { real: now, shown, speed },
    why: `${why} ${describe(shown)}.`,
  })
  if (newestStored !== undefined && startTime === undefined && canContinue(newestStored, calendar)) {
    const shown = newestStored + 1_000
    return simulated(shown, 'Tiếp tục ngay sau dữ liệu mới nhất (continuing after the newest data):')
  }
  const start = startTime ?? USUAL_START
  const earliest = newestStored ?? Number.NEGATIVE_INFINITY
  const fits = (day: string) => isFullSchoolDay(day, calendar) && momentOf(day, start) > earliest
  // The latest school day already begun is the most lifelike; a later one only when the store is ahead of it.
  const past = findDay(today, -1, (day) => fits(day) && momentOf(day, start) <= now)
  const day = past ?? findDay(newestStored === undefined ? today : dayOf(newestStored), 1, fits)
  if (day === undefined) {
    const shown = Math.max(now, earliest)
    return simulated(shown, 'Lịch không còn ngày học (the calendar has no school day left):')
  }
  return simulated(momentOf(day, start), 'Một ngày học mô phỏng (a simulated school day):')
}

/** A day on which every level holds lessons: Saturdays are for secondary schools only. */
function isFullSchoolDay(day: string, calendar: readonly CalendarEntry[]): boolean {
  const kind = dayKind(day, [], calendar)
  return kind === 'make_up' || (kind === 'school' && weekdayOf(day) <= 5)
}

function inSchoolHours(moment: number, calendar: readonly CalendarEntry[]): boolean {
  const minute = minuteOfDay(moment)
  return minute >= HOURS_OPEN && minute < HOURS_CLOSED && isFullSchoolDay(dayOf(moment), calendar)
}

function canContinue(newest: number, calendar: readonly CalendarEntry[]): boolean {
  const minute = minuteOfDay(newest)
  return minute >= HOURS_OPEN && minute < TOO_LATE_TO_CONTINUE && isFullSchoolDay(dayOf(newest), calendar)
}

function findDay(from: string, step: 1 | -1, fits: (day: string) => boolean): string | undefined {
  for (let distance = 0; distance <= DAYS_LOOKED_AT; distance++) {
    const day = addDays(from, step * distance)
    if (fits(day)) return day
  }
  return undefined
}

function describe(moment: number): string {
  const minute = Math.floor(minuteOfDay(moment - (moment % MINUTE_MS)))
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)} ${dayOf(moment)}`
}
