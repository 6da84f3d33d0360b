import type { Terrain } from '../../../shared/contract/primitives.ts'
import { areasData } from '../../../shared/db/reference.ts'

export interface SimCommune {
  code: string
  name: string
  lat: number
  lon: number
  district: string
  districtName: string
  terrain: Terrain
  /** People, in thousands: only for spreading schools over the province. */
  people: number
}

/**
 * Thousands of people by former district, rounded and from memory: good enough to make Vinh dense and Kỳ Sơn
 * sparse, and used for nothing else.
 */
const PEOPLE: Record<string, number> = {
  '412': 350,
  '413': 60,
  '414': 70,
  '415': 75,
  '416': 60,
  '417': 83,
  '418': 80,
  '419': 145,
  '420': 140,
  '421': 310,
  '422': 76,
  '423': 150,
  '424': 120,
  '425': 330,
  '426': 310,
  '427': 220,
  '428': 250,
  '429': 220,
  '430': 165,
  '431': 125,
  '432': 125,
}
const WARD_FACTOR = 1.3

/** The 130 communes with their former districts, neighbours of one district together. */
export function simCommunes(): SimCommune[] {
  const { communes, districts } = areasData()
  const placed = communes.map((commune) => {
    const district = districts.find((one) => one.code === commune.formerUnits2022[0])!
    return { commune, district, weight: commune.fullNameVi.startsWith('Phường') ? WARD_FACTOR : 1 }
  })
  const weightOf = (code: string) =>
    placed.filter(({ district }) => district.code === code).reduce((sum, { weight }) => sum + weight, 0)
  return placed
    .map(({ commune, district, weight }) => ({
      code: commune.code,
      name: commune.nameVi,
      lat: commune.lat,
      lon: commune.lon,
      district: district.code,
      districtName: district.nameVi,
      terrain: district.terrain,
      people: (PEOPLE[district.code]! * weight) / weightOf(district.code),
    }))
    .sort((a, b) => a.district.localeCompare(b.district) || a.code.localeCompare(b.code))
}
