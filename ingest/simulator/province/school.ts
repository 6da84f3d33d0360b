import type { SchoolLevel, SchoolSessionName, Terrain } from '../../../shared/contract/primitives.ts'

export interface SimClass {
  name: string
  pupils: number
}

export interface SimSession {
  session: SchoolSessionName
  weekdays: readonly number[]
  /** HH:MM, province time. */
  starts: string
  ends: string
}

export interface SimSchool {
  /** Key of all chance about this school. */
  key: number
  code: string
  name: string
  level: SchoolLevel
  ownership: 'public' | 'private'
  terrain: Terrain
  commune: string
  district: string
  lat: number
  lon: number
  enrolment: number
  classes: SimClass[]
  sessions: SimSession[]
  branchSites: string[]
  riverStation: string | null
  /** Whether pupils who live far off stay over midday. */
  lunch: boolean
  /** Whether passages at its gate are counted. */
  gate: boolean
  devices: SimDevice[]
}

export interface SimDevice {
  /** Key of all chance about this device. */
  key: number
  code: string
  kind: 'gateway' | 'room' | 'outdoor' | 'river' | 'yard'
  /** Name of the branch site it stands at; null for the main site. */
  site: string | null
  room: string | null
  roomKind: 'classroom' | 'laboratory' | 'outdoor' | null
  intervalS: number
  riverStation: string | null
  /** Index of the class that uses its room. */
  classIndex: number
}

export interface Province {
  seed: number
  schools: SimSchool[]
}
