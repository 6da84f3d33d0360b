import { DAY_MS, dayOf, MINUTE_MS, PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'
import type { Language } from './settings.ts'

/** Numbers, days and times as the reader's language writes them; always the province's zone. */
export interface Formats {
  /** `945.000`; at most `digits` decimals (default none). */
  count(value: number, digits?: number): string
  /** A share as `98,7`, without its sign. What is not whole is never rounded to 0 or 100. */
  percent(value: number): string
  /** `09:42` */
  time(moment: number): string
  /** `09:42:15` */
  timeWithSeconds(moment: number): string
  /** `23/11/2026` */
  day(moment: number): string
  /** `23/11/2026 09:42` */
  dayAndTime(moment: number): string
  /** ISO weekday of a moment, 1 Monday to 7 Sunday. */
  weekday(moment: number): number
}

const LOCALES: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' }

export function createFormats(language: Language): Formats {
  const locale = LOCALES[language]
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return {
    count: (value, digits = 0) =>
      digits === 0
        ? whole.format(value)
        : new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    percent: (value) => {
      if (value === 0 || value === 100) return whole.format(value)
      const rounded = Math.round(value * 10) / 10
      if (value > 0 && value < 100) return tenths.format(Math.min(99.9, Math.max(0.1, rounded)))
      return tenths.format(rounded)
    },
    time: (moment) => clock(moment).slice(0, 5),
    timeWithSeconds: clock,
    day,
    dayAndTime: (moment) => `${day(moment)} ${clock(moment).slice(0, 5)}`,
    weekday: (moment) => new Date(moment + PROVINCE_OFFSET_MS).getUTCDay() || 7,
  }
}

function clock(moment: number): string {
  return new Date(moment + PROVINCE_OFFSET_MS).toISOString().slice(11, 19)
}

function day(moment: number): string {
  const [year, month, date] = dayOf(moment).split('-')
  return `${date}/${month}/${year}`
}

/** A length of time in its two largest units, such as 2 hours 15 minutes; under a minute, seconds. */
export function durationParts(milliseconds: number): {
  days: number
  hours: number
  minutes: number
  seconds: number
} {
  const length = Math.max(0, milliseconds)
  const days = Math.floor(length / DAY_MS)
  const hours = Math.floor((length % DAY_MS) / (60 * MINUTE_MS))
  const minutes = Math.floor((length % (60 * MINUTE_MS)) / MINUTE_MS)
  const seconds = Math.floor((length % MINUTE_MS) / 1000)
  return { days, hours, minutes, seconds }
}

/** Names arrive composed or decomposed; shown and compared composed (NFC), as the fonts expect. */
export function composed(text: string): string {
  return text.normalize('NFC')
}
