import { chance, keyOf, mix, pick, uniform } from '../random.ts'
import type { SimDevice, SimSchool } from './school.ts'

const [ROOMS, CLASS, LABORATORY, OUTDOOR, YARD] = ['rooms', 'class', 'lab', 'outdoor', 'yard'].map(keyOf) as [
  number,
  number,
  number,
  number,
  number,
]

/** 0 to 3 measured rooms a school: about 1.7 on average. */
const ROOM_COUNTS = [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]
const OUTDOOR_SHARE = 0.12
const GATEWAY_INTERVAL_S = 60
const ROOM_INTERVAL_S = 120
const OUTDOOR_INTERVAL_S = 300
/** Water can rise within minutes. */
const WATER_INTERVAL_S = 60

/** The devices of a school: a gateway, some rooms, here and there an outdoor station or a water gauge in the yard. */
export function schoolDevices(school: SimSchool): SimDevice[] {
  const devices = [device(school, 'GW-1', { kind: 'gateway', intervalS: GATEWAY_INTERVAL_S })]
  const rooms = Math.min(pick(ROOM_COUNTS, school.key, ROOMS), school.classes.length)
  for (let i = 0; i < rooms; i++) devices.push(roomSensor(school, i, rooms))
  if (chance(OUTDOOR_SHARE, school.key, OUTDOOR)) {
    devices.push(
      device(school, 'OUT-1', { kind: 'outdoor', roomKind: 'outdoor', intervalS: OUTDOOR_INTERVAL_S }),
    )
  }
  if (chance(floodShare(school), school.key, YARD)) {
    devices.push(device(school, 'YARD-1', { kind: 'yard', roomKind: 'outdoor', intervalS: WATER_INTERVAL_S }))
  }
  return devices
}

/** Adds the gauge of each river station to the first school that lies by it. */
export function placeRiverGauges(schools: readonly SimSchool[]): void {
  const stations = new Set(schools.map((school) => school.riverStation).filter((code) => code !== null))
  for (const riverStation of stations) {
    const school = schools.find((one) => one.riverStation === riverStation)!
    school.devices.push(
      device(school, 'RIVER-1', { kind: 'river', intervalS: WATER_INTERVAL_S, riverStation }),
    )
  }
}

function roomSensor(school: SimSchool, i: number, rooms: number): SimDevice {
  // Every room sensor takes its own part of the class list, so that no class is measured twice.
  const first = Math.floor((school.classes.length * i) / rooms)
  const next = Math.floor((school.classes.length * (i + 1)) / rooms)
  const classIndex = first + Math.floor((next - first) * uniform(school.key, CLASS, i))
  const secondary = school.level === 'lower_secondary' || school.level === 'upper_secondary'
  const laboratory = i === 2 && secondary && chance(0.5, school.key, LABORATORY)
  return device(school, `ROOM-${i + 1}`, {
    kind: 'room',
    site: i === 2 ? (school.branchSites[0] ?? null) : null,
    room: laboratory ? 'Phòng thực hành' : `Phòng học lớp ${school.classes[classIndex]!.name}`,
    roomKind: laboratory ? 'laboratory' : 'classroom',
    intervalS: ROOM_INTERVAL_S,
    classIndex,
  })
}

function floodShare(school: SimSchool): number {
  if (school.riverStation !== null) return 0.35
  return school.terrain === 'plain' || school.terrain === 'coastal' ? 0.1 : 0.03
}

function device(
  school: SimSchool,
  code: string,
  facts: Pick<SimDevice, 'kind' | 'intervalS'> & Partial<SimDevice>,
): SimDevice {
  const nothing = { site: null, room: null, roomKind: null, riverStation: null, classIndex: 0 }
  return { ...nothing, ...facts, code, key: mix(school.key, keyOf(code)) }
}
