/**
 * Days and hours of the province. Vietnam is UTC+7 all year; there has been no daylight saving since 1975,
 * so a fixed offset is exact for every day this product sees.
 */
export const PROVINCE_OFFSET_MS = 7 * 3_600_000
export const DAY_MS = 86_400_000
export const MINUTE_MS = 60_000
/** Sensor indicators are computed on slots of five minutes. */
export const SLOT_MS = 5 * MINUTE_MS

/** Most moments that are asked about lie on the day of the one before. */
const lastDay = { number: Number.NaN, text: '' }

/** The day (yyyy-mm-dd) in the province of a moment in milliseconds. */
export function dayOf(moment: number): string {
  const number = Math.floor((moment + PROVINCE_OFFSET_MS) / DAY_MS)
  if (number !== lastDay.number) {
    lastDay.text = new Date(moment + PROVINCE_OFFSET_MS).toISOString().slice(0, 10)
    lastDay.number = number
  }
  return lastDay.text
}

/** The first millisecond of a day of the province. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - PROVINCE_OFFSET_MS
}

/** Minutes since midnight, province time; fractions kept. */
export function minuteOfDay(moment: number): number {
  return ((((moment + PROVINCE_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS
}

/** The moment of a clock time (HH:MM or HH:MM:SS) on a day of the province. */
export function momentOf(day: string, time: string): number {
  const [hours, minutes, seconds] = time.split(':').map(Number)
  return startOfDay(day) + ((hours! * 60 + minutes!) * 60 + (seconds ?? 0)) * 1000
}

/** ISO weekday of a day: 1 Monday to 7 Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

export function slotOf(moment: number): number {
  return Math.floor(moment / SLOT_MS) * SLOT_MS
}
