import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import { composed } from './format.ts'
import type { Reader } from './reader.tsx'

/** The short name of an indicator; one the words do not know goes by its name in the catalogue, or its id. */
export function indicatorName(
  id: string,
  definition: IndicatorDefinition | undefined,
  { words, language }: Reader,
): string {
  const short = words.indicator[id]
  if (short !== undefined) return short
  if (definition === undefined) return id
  return composed(language === 'en' ? definition.nameEn : definition.nameVi)
}

/** The figure of a value without its unit, `98,7`; `—` for what is not there, never 0. */
export function figure(
  value: number | null,
  unit: IndicatorDefinition['unit'] | undefined,
  { formats, words }: Reader,
): string {
  if (value === null) return words.noValue
  if (unit === '%') return formats.percent(value)
  return formats.count(value, unit === 'cm' || unit === '°C' ? 1 : 0)
}

/** A figure and its unit stay on one line. */
const NO_BREAK = '\u00a0'

/** The figure with its unit, `98,7 %`, `12 phòng`; the unit of a level stands before its figure, as it is spoken. */
export function figureWithUnit(
  value: number | null,
  unit: IndicatorDefinition['unit'] | undefined,
  reader: Reader,
): string {
  const text = figure(value, unit, reader)
  if (value === null || unit === undefined) return text
  const word = reader.words.unit[unit]
  return unit === 'level' ? `${word}${NO_BREAK}${text}` : `${text}${NO_BREAK}${word}`
}
