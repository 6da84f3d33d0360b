import type { AreaTree } from '../../shared/contract/area.ts'
import { addDays } from '../../shared/domain/time.ts'
import type { Cells } from './cells.ts'
import type { CommuneUnit, DistrictUnit, RegistryContext } from './context.ts'

/** The area a school counts in, in one tree, for a span of days. */
export interface SchoolPlacing {
  tree: AreaTree
  area: string
  validFrom: string
  validTo: string | null
}

/**
 * Reads where a school lies, from its commune and its former district. The former district may be left empty
 * where the commune says it; a school that ended before there were communes needs no commune.
 */
export function readPlaces(
  cells: Cells,
  context: RegistryContext,
  validFrom: string | undefined,
  validTo: string | null,
): SchoolPlacing[] {
  const communesFrom = [...context.communes.values()][0]?.validFrom ?? ''
  const ended = validTo !== null && validTo < communesFrom
  const commune = readCommune(cells, context, ended)
  const district = readDistrict(cells, context, commune)
  if (validFrom === undefined || district === undefined || commune === undefined) return []
  return placesOf({ commune, district, districts: context.districts, validFrom, validTo })
}

function readCommune(cells: Cells, context: RegistryContext, ended: boolean): CommuneUnit | null | undefined {
  if (ended && cells.text('commune') === '') return null
  const code = cells.required('commune')
  if (code === undefined) return undefined
  const found = context.communes.get(code)
  if (found) return found
  return cells.refuse('commune', {
    vi: 'không có xã, phường nào mang mã này (mã 5 chữ số của Tổng cục Thống kê, từ 1/7/2025)',
    en: 'no commune has this code (the five digits of the General Statistics Office, since 1 July 2025)',
  })
}

function readDistrict(
  cells: Cells,
  context: RegistryContext,
  commune: CommuneUnit | null | undefined,
): DistrictUnit | undefined {
  const possible = commune?.formerDistricts ?? [...context.districts.keys()]
  const code = cells.text('former_district') || (commune && possible.length === 1 ? possible[0]! : '')
  const found = context.districts.get(code)
  if (!found) {
    // Without a commune the cell cannot be judged further than this; with a wrong one, that is the fault to mend.
    if (commune === undefined && code === '') return undefined
    return cells.refuse('former_district', {
      vi: 'không có huyện, thị xã, thành phố cũ nào mang mã này (3 chữ số)',
      en: 'no former district has this code (three digits)',
    })
  }
  if (!commune || possible.includes(code)) return found
  const names = possible.map((one) => `${one} ${context.districts.get(one)?.name ?? ''}`.trim()).join(', ')
  return cells.refuse('former_district', {
    vi: `xã, phường ${commune.name} trước đây thuộc ${names}, không thuộc ${found.name}`,
    en: `${commune.name} lay in ${names} before, not in ${found.name}`,
  })
}

interface Location {
  commune: CommuneUnit | null
  district: DistrictUnit
  districts: ReadonlyMap<string, DistrictUnit>
  validFrom: string
  validTo: string | null
}

/**
 * The spans of a school in both trees. By the law of the day it lies in its former district while that existed,
 * then in the district that took it over, then in its commune; in the tree of former districts it lies in the
 * district itself until there is a commune under it.
 */
export function placesOf({ commune, district, districts, validFrom, validTo }: Location): SchoolPlacing[] {
  const places: SchoolPlacing[] = []
  const add = (tree: AreaTree, area: string, from: string, to: string | null) => {
    const first = from > validFrom ? from : validFrom
    const last = earlier(to, validTo)
    if (last === null || first <= last) places.push({ tree, area, validFrom: first, validTo: last })
  }
  let from = validFrom
  for (let unit: DistrictUnit | undefined = district; unit; ) {
    add('administrative', unit.code, from, unit.validTo)
    from = addDays(unit.validTo, 1)
    unit = unit.mergedInto === undefined ? undefined : districts.get(unit.mergedInto)
  }
  if (commune === null) {
    add('former-district', district.code, validFrom, validTo)
    return places
  }
  add('administrative', commune.code, commune.validFrom, null)
  add('former-district', district.code, validFrom, addDays(commune.validFrom, -1))
  add('former-district', commune.code, commune.validFrom, null)
  return places
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
