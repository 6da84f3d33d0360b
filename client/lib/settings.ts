import { defaultDistance, defaultHeight } from './type-scale.ts'

export type Language = 'vi' | 'en'
export type Theme = 'dark' | 'light'

/** What the address of a wall says about it. */
export interface Settings {
  language: Language
  theme: Theme
  /** Code of the area watched. */
  area: string
  /** Indicator the map starts with; undefined: the first of its list. */
  indicator: string | undefined
  /** Distance of the furthest viewer and height of the picture, in metres. */
  distance: number
  height: number
}

export const PROVINCE = '40'

/**
 * Reads the settings from an address's query. A value that means nothing is passed over: a wall that nobody
 * attends must come up with its defaults rather than with a complaint.
 */
export function readSettings(search: string): Settings {
  const query = new URLSearchParams(search)
  const area = query.get('area') ?? ''
  const indicator = query.get('indicator') ?? ''
  return {
    language: query.get('lang') === 'en' ? 'en' : 'vi',
    theme: query.get('theme') === 'light' ? 'light' : 'dark',
    area: /^[0-9]{2,5}$/.test(area) ? area : PROVINCE,
    indicator: /^[a-z0-9-]{1,64}$/.test(indicator) ? indicator : undefined,
    distance: metres(query.get('d')) ?? defaultDistance,
    height: metres(query.get('h')) ?? defaultHeight,
  }
}

function metres(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined
  const number = Number(text.replace(',', '.'))
  return Number.isFinite(number) && number >= 0.1 && number <= 100 ? number : undefined
}
