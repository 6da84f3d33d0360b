import type { Area } from '../../shared/contract/area.ts'
import { composed } from './format.ts'
import type { Language } from './settings.ts'

/** The name of an area as the reader's language writes it. */
export function areaName(area: Pick<Area, 'nameVi' | 'nameEn'>, language: Language): string {
  return composed(language === 'en' ? area.nameEn : area.nameVi)
}
