import type { Coverage, IndicatorDefinition, IndicatorValue } from '../../shared/contract/indicator.ts'
import { rollDeadline } from '../../shared/domain/calendar.ts'
import { COVERAGE_FOR_PLAIN, COVERAGE_FOR_STATUS } from '../../shared/domain/ratio.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { durationText, shortDurationText } from './duration.ts'
import type { Freshness, FreshnessLevel } from './freshness.ts'
import { figure, indicatorName } from './indicator-text.ts'
import type { Reader } from './reader.tsx'
import { type Mark, staleMark, statusMarks } from './severity.ts'

/** Which way a value moved. */
export type Direction = 'up' | 'down'

/** full: shown plainly; thin: under 80 % of schools, hatched; poor: under 50 %, no colour either. */
export type CoverageLevel = 'full' | 'thin' | 'poor'

/** One value as a tile says it: everything in words and figures of the reader. */
export interface ValueView {
  name: string
  figure: string
  unit: string
  unitFirst: boolean
  mark: Mark
  statusWord: string
  freshness: FreshnessLevel
  /** How old, once it is worth saying beside the status; empty while fresh. */
  ageText: string
  /** Without a direction: the same as a week ago. */
  change: { direction: Direction | undefined; text: string } | undefined
  /** Schools reporting of schools expected, `1.480/1.517`; empty where none are expected. */
  coverage: string
  coverageUnit: string
  coverageLevel: CoverageLevel
  /** Time of the newest record, `09:42`, of another day its date, `20/11`; empty when there is none. */
  dataTime: string
}

export interface ValueQuestion {
  id: string
  /** undefined: the server has not said anything about it yet. */
  value: IndicatorValue | undefined
  definition: IndicatorDefinition | undefined
  freshness: Freshness
  /** The moment the screen is shown at, in milliseconds. */
  shown: number
  /** In a narrow tile an age has its largest unit only, and stands in place of the status word. */
  room: 'wide' | 'narrow'
}

export function valueView(question: ValueQuestion, reader: Reader): ValueView {
  const { id, value, definition, freshness, shown, room } = question
  const { words } = reader
  const stale = freshness.level === 'stale'
  const sayAge = room === 'wide' ? durationText : shortDurationText
  const age = freshness.level === 'fresh' ? '' : sayAge(freshness.age, words)
  const status = value?.status ?? 'not_applicable'
  return {
    name: indicatorName(id, definition, reader),
    figure: figure(value?.value ?? null, definition?.unit, reader),
    unit: value?.value == null || definition === undefined ? '' : words.unit[definition.unit],
    unitFirst: definition?.unit === 'level',
    mark: stale ? staleMark : statusMarks[status],
    statusWord: statusWord(question, age, reader),
    freshness: freshness.level,
    ageText: room === 'wide' ? age : '',
    change: value === undefined || isFilling(value, shown) ? undefined : changeOf(value, definition, reader),
    coverage: value === undefined ? '' : coverageText(value.coverage, reader),
    coverageUnit: words.unit.schools,
    coverageLevel: value === undefined ? 'full' : coverageLevel(value),
    dataTime: value?.dataAt == null ? '' : timeOrDay(Date.parse(value.dataAt), shown, reader),
  }
}

function statusWord({ value, freshness, room }: ValueQuestion, age: string, { words }: Reader): string {
  if (value === undefined) return words.waiting
  if (freshness.level === 'stale') return words.stale(age)
  return freshness.level === 'ageing' && room === 'narrow' ? age : words.status[value.status]
}

function coverageText({ reporting, expected }: Coverage, { formats }: Reader): string {
  return expected === 0 ? '' : `${formats.count(reporting)}/${formats.count(expected)}`
}

function timeOrDay(moment: number, shown: number, { formats }: Reader): string {
  return dayOf(moment) === dayOf(shown) ? formats.time(moment) : formats.day(moment).slice(0, 5)
}

export function coverageLevel({
  coverage,
  value,
}: Pick<IndicatorValue, 'coverage' | 'value'>): CoverageLevel {
  if (value === null || coverage.expected === 0) return 'full'
  const share = coverage.reporting / coverage.expected
  if (share < COVERAGE_FOR_STATUS) return 'poor'
  return share < COVERAGE_FOR_PLAIN ? 'thin' : 'full'
}

/** A roll that is still being taken cannot be held against last week's, which is complete. */
function isFilling({ indicator, period }: IndicatorValue, shown: number): boolean {
  if (indicator !== 'roll-completeness' || (period !== 'morning' && period !== 'afternoon')) return false
  return shown < rollDeadline(dayOf(shown), period)
}

/** Against the same period seven days earlier. Shares differ by points, counts by what they count. */
function changeOf(
  { value, previous }: IndicatorValue,
  definition: IndicatorDefinition | undefined,
  { words, formats }: Reader,
): ValueView['change'] {
  if (value === null || previous === null || definition === undefined) return undefined
  const digits = definition.unit === '%' || definition.unit === 'cm' || definition.unit === '°C' ? 1 : 0
  const scale = 10 ** digits
  const difference = Math.round((value - previous) * scale) / scale
  if (difference === 0) return { direction: undefined, text: words.unchanged }
  const amount = formats.count(Math.abs(difference), digits)
  const unit = definition.unit === '%' ? words.points : words.unit[definition.unit]
  return {
    direction: difference > 0 ? 'up' : 'down',
    text: definition.unit === 'level' ? `${unit} ${amount}` : `${amount} ${unit}`,
  }
}
