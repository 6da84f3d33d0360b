import { type Dated, isValidOn } from '../../shared/domain/area-tree.ts'
import { dayOf, MINUTE_MS, SLOT_MS, slotOf } from '../../shared/domain/time.ts'
import type { Batch, Draft, Reading, ReadingDraft, RollDraft, Row } from '../records.ts'
import { Refusals } from '../refusals.ts'
import { nativeDevice } from '../vendor.ts'
import type { Metric } from './validate.ts'

export interface Device extends Dated {
  id: number
}

export interface School extends Dated {
  id: number
  devices: ReadonlyMap<string, Device>
}

/** What this stage asks of the registry. */
export interface Directory {
  school(code: string): School | undefined
  metric(code: string): Metric | undefined
  refresh(): Promise<void>
}

/** A reading may come this long after the end of its slot before it counts as late. */
const GRACE_MS = MINUTE_MS

/**
 * Bits of reading.quality. arrival: the time of arrival stands for the time of measurement. late: it came after its
 * slot. retained: the broker kept it. historical: the sender kept it while its link was down. repeated: perhaps an
 * earlier value, said again by a gateway.
 */
export const QUALITY = { arrival: 1, late: 2, retained: 4, historical: 8, repeated: 16 } as const

/** Codes of the outside to ids of the registry, as of the day a record speaks of. */
export async function enrich(batch: Batch<Draft>, directory: Directory): Promise<Batch<Row>> {
  if (batch.records.some((draft) => isUnknown(draft, directory))) await directory.refresh()
  const refusals = new Refusals()
  const records: Row[] = []
  let last: { draft: Draft; day: string; place: Place | undefined } | undefined
  for (const draft of batch.records) {
    const day = dayOfDraft(draft)
    // The values of one message nearly always have one place.
    if (!last || last.draft.message !== draft.message || last.day !== day || !sameDevice(last.draft, draft)) {
      last = { draft, day, place: find(draft, day, directory, refusals) }
    }
    if (last.place) records.push(toRow(draft, last.place, directory))
  }
  return { ...batch, records, duplicates: [], letters: [...batch.letters, ...refusals.letters] }
}

function isUnknown(draft: Draft, directory: Directory): boolean {
  const school = directory.school(draft.school)
  const device = deviceOf(draft)
  return !school || (device !== undefined && !school.devices.has(device))
}

function deviceOf(draft: Draft): string | undefined {
  return 'device' in draft ? draft.device : undefined
}

function sameDevice(one: Draft, other: Draft): boolean {
  return one.school === other.school && deviceOf(one) === deviceOf(other)
}

interface Place {
  schoolId: number
  /** 0: the record is of no device. */
  deviceId: number
}

function find(draft: Draft, day: string, directory: Directory, refusals: Refusals): Place | undefined {
  const refuse = (reason: Parameters<Refusals['refuse']>[1], value: string, detail: string) =>
    refusals.refuse(draft, reason, { field: null, value, detail })
  const school = directory.school(draft.school)
  if (!school) {
    refuse('unknown-school', draft.school, `no school ${draft.school}`)
    return undefined
  }
  if (!isValidOn(school, day)) {
    refuse('school-not-valid', day, `school ${draft.school} is not valid on ${day}`)
    return undefined
  }
  const code = deviceOf(draft)
  if (code === undefined) return { schoolId: school.id, deviceId: 0 }
  const device = school.devices.get(code)
  if (!device) {
    const about = {
      field: null,
      value: code,
      detail: `school ${draft.school} has no device ${code}`,
    }
    // HTTP tells its sender at once. Nobody tells a device that speaks MQTT: its messages wait for its registration.
    if (draft.message.source === 'http') refusals.refuse(draft, 'unknown-device', about)
    else {
      const vendor = nativeDevice(draft.school, code)
      refusals.refuse(draft, 'unregistered-device', { ...about, vendor })
    }
    return undefined
  }
  if (!isValidOn(device, day)) {
    refuse('device-not-valid', day, `device ${code} is not valid on ${day}`)
    return undefined
  }
  return { schoolId: school.id, deviceId: device.id }
}

function toRow(draft: Draft, { schoolId, deviceId }: Place, directory: Directory): Row {
  switch (draft.kind) {
    case 'reading':
      return toReading(draft, schoolId, deviceId, directory.metric(draft.metric)!.id)
    case 'roll':
      return { ...draft, schoolId, consistent: isConsistent(draft) }
    case 'connection':
      return { ...draft, schoolId, deviceId }
    default:
      return { ...draft, schoolId }
  }
}

/** Written out, not spread: readings are most of what comes, and a spread costs ten times as much. */
function toReading(draft: ReadingDraft, schoolId: number, deviceId: number, metricId: number): Reading {
  return {
    kind: 'reading',
    message: draft.message,
    school: draft.school,
    device: draft.device,
    path: draft.path,
    metric: draft.metric,
    at: draft.at,
    arrival: draft.arrival,
    value: draft.value,
    marks: draft.marks,
    field: draft.field,
    schoolId,
    deviceId,
    metricId,
    quality: qualityOf(draft),
  }
}

function qualityOf(reading: ReadingDraft): number {
  const late = reading.message.receivedAt > slotOf(reading.at) + SLOT_MS + GRACE_MS
  return (
    (reading.arrival ? QUALITY.arrival : 0) |
    (late ? QUALITY.late : 0) |
    (reading.message.retained ? QUALITY.retained : 0) |
    (reading.marks ?? 0)
  )
}

/** present + excused + unexcused = enrolled, and nobody was late who was not there. */
function isConsistent({ roll }: RollDraft): boolean {
  return roll.present + roll.excused + roll.unexcused === roll.enrolled && roll.late <= roll.present
}

function dayOfDraft(draft: Draft): string {
  switch (draft.kind) {
    case 'roll':
      return draft.roll.date
    case 'checkin':
      return dayOf(draft.checkin.ts)
    case 'status':
      return dayOf(draft.status.since)
    default:
      return dayOf(draft.at)
  }
}
