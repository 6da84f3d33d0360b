import { durationParts } from './format.ts'
import type { Words } from './words.vi.ts'

/** A length of time in words: its two largest units, such as "2 giờ 15 phút". Seconds only under a minute. */
export function durationText(milliseconds: number, words: Words): string {
  const { days, hours, minutes } = durationParts(milliseconds)
  const { duration } = words
  const large = shortDurationText(milliseconds, words)
  if (days > 0) return hours > 0 ? `${large} ${duration.hours(hours)}` : large
  return hours > 0 && minutes > 0 ? `${large} ${duration.minutes(minutes)}` : large
}

/** The largest unit alone, "2 giờ", where there is no room for more. */
export function shortDurationText(milliseconds: number, words: Words): string {
  const { days, hours, minutes, seconds } = durationParts(milliseconds)
  const { duration } = words
  if (days > 0) return duration.days(days)
  if (hours > 0) return duration.hours(hours)
  return minutes > 0 ? duration.minutes(minutes) : duration.seconds(seconds)
}
