import { type Dated, isValidOn } from '../../shared/domain/area-tree.ts'
import { dayOf, MINUTE_MS, SLOT_MS, slotOf } from '../../shared/domain/time.ts'
import {
  type Batch,
  type Draft,
  nativeDevice,
  type ReadingDraft,
  type RollDraft,
  type Row,
} from '../records.ts'
import { Refusals } from '../refusals.ts'
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

export const QUALITY = { arrival: 1, late: 2, retained: 4 } as const

/** Codes of the outside to ids of the registry, as of the day a record speaks of. */
export async function enrich(batch: Batch<Draft>, directory: Directory): Promise<Batch<Row>> {
  if (batch.records.some((draft) => isUnknown(draft, directory))) await directory.refresh()
  const refusals = new Refusals()
  const records: Row[] = []
  for (const draft of batch.records) {
    const row = place(draft, directory, refusals)
    if (row) records.push(row)
  }
  return { ...batch, records, duplicates: [], letters: [...batch.letters, ...refusals.letters] }
}

function isUnknown(draft: Draft, directory: Directory): boolean {
  const school = directory.school(draft.school)
  return !school || ('device' in draft && !school.devices.has(draft.device))
}

function place(draft: Draft, directory: Directory, refusals: Refusals): Row | undefined {
  const topic = (value: string, detail: string) => ({ field: null, value, detail })
  const school = directory.school(draft.school)
  if (!school) {
    refusals.refuse(draft, 'unknown-school', topic(draft.school, `no school ${draft.school}`))
    return undefined
  }
  const day = dayOfDraft(draft)
  if (!isValidOn(school, day)) {
    refusals.refuse(draft, 'school-not-valid', topic(day, `school ${draft.school} is not valid on ${day}`))
    return undefined
  }
  if (draft.kind === 'roll') return { ...draft, schoolId: school.id, consistent: isConsistent(draft) }
  if (draft.kind === 'checkin' || draft.kind === 'status') return { ...draft, schoolId: school.id }
  const device = school.devices.get(draft.device)
  if (!device) {
    const about = topic(draft.device, `school ${draft.school} has no device ${draft.device}`)
    // HTTP tells its sender at once. Nobody tells a device that speaks MQTT: its messages wait for its registration.
    if (draft.message.source === 'http') refusals.refuse(draft, 'unknown-device', about)
    else {
      const unregistered = nativeDevice(draft.school, draft.device)
      refusals.refuse(draft, 'unregistered-device', { ...about, unregistered })
    }
    return undefined
  }
  if (!isValidOn(device, day)) {
    refusals.refuse(draft, 'device-not-valid', topic(day, `device ${draft.device} is not valid on ${day}`))
    return undefined
  }
  const ids = { schoolId: school.id, deviceId: device.id }
  if (draft.kind === 'connection') return { ...draft, ...ids }
  const metricId = directory.metric(draft.metric)!.id
  return { ...draft, ...ids, metricId, quality: qualityOf(draft) }
}

function qualityOf(reading: ReadingDraft): number {
  const late = reading.message.receivedAt > slotOf(reading.at) + SLOT_MS + GRACE_MS
  return (
    (reading.arrival ? QUALITY.arrival : 0) |
    (late ? QUALITY.late : 0) |
    (reading.message.retained ? QUALITY.retained : 0)
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
