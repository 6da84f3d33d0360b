import type { Batch, Connection, Reading, Roll, Row, Status } from '../records.ts'
import { Refusals } from '../refusals.ts'

/**
 * Within a batch, the first record of a key is kept. A later one that says the same is a duplicate; a roll or
 * status that says something else under the same key is refused, because nobody could tell which is true.
 * Against what is stored already, the store does the same by the keys of the tables.
 */
export function dedupe(batch: Batch<Row>): Batch<Row> {
  const refusals = new Refusals()
  const readings = new ReadingKeys()
  const kept = new Map<string, Row>()
  const lastOfDevice = new Map<number, Connection>()
  const records: Row[] = []
  const duplicates: Row[] = []
  for (const given of batch.records) {
    if (given.kind === 'reading') {
      if (readings.isNew(given)) records.push(given)
      else duplicates.push(given)
      continue
    }
    const row = given.kind === 'connection' ? afterItsPredecessor(given, lastOfDevice) : given
    const key = keyOf(row)
    const first = kept.get(key)
    if (!first) {
      kept.set(key, row)
      records.push(row)
    } else if (row.kind === 'roll' && !sameRoll(row, first as Roll))
      refusals.refuse(row, 'revision-conflict', aboutRoll(row))
    else if (row.kind === 'status' && !sameStatus(row, first as Status)) {
      refusals.refuse(row, 'status-conflict', aboutStatus(row))
    } else duplicates.push(row)
  }
  return {
    ...batch,
    records,
    duplicates: [...batch.duplicates, ...duplicates],
    letters: [...batch.letters, ...refusals.letters],
  }
}

function keyOf(row: Exclude<Row, Reading>): string {
  switch (row.kind) {
    case 'roll':
      return `r ${row.schoolId} ${row.roll.date} ${row.roll.session} ${row.roll.revision} ${row.roll.class}`
    case 'checkin':
      return `c ${row.schoolId} ${row.checkin.ts} ${row.checkin.id}`
    case 'status':
      return `s ${row.schoolId} ${row.status.since}`
    case 'connection':
      return `d ${row.deviceId} ${row.at}`
  }
}

/** Device, metric and time of readings seen, by numbers: a key of text for each value would cost more than the rest. */
class ReadingKeys {
  /** By series: its only time, or several. */
  readonly #times = new Map<number, number | Set<number>>()

  isNew({ deviceId, metricId, at }: Reading): boolean {
    const series = deviceId * METRICS + metricId
    const times = this.#times.get(series)
    if (times === undefined) {
      this.#times.set(series, at)
      return true
    }
    if (typeof times === 'number') {
      if (times === at) return false
      this.#times.set(series, new Set([times, at]))
      return true
    }
    if (times.has(at)) return false
    times.add(at)
    return true
  }
}

/** A metric's id is a smallint. */
const METRICS = 32_768

/**
 * Connections take their time of arrival. Several changes of one device in one millisecond, or around a clock that
 * was set back, keep their order by following one another a millisecond apart; the last one said twice is a duplicate.
 */
function afterItsPredecessor(connection: Connection, lastOfDevice: Map<number, Connection>): Connection {
  const last = lastOfDevice.get(connection.deviceId)
  const after =
    !last || connection.at > last.at ? connection.at : last.at + Number(last.online !== connection.online)
  const placed = { ...connection, at: after }
  lastOfDevice.set(connection.deviceId, placed)
  return placed
}

function sameRoll(a: Roll, b: Roll): boolean {
  return (['enrolled', 'present', 'late', 'excused', 'unexcused'] as const).every(
    (count) => a.roll[count] === b.roll[count],
  )
}

function sameStatus(a: Status, b: Status): boolean {
  return a.status.open === b.status.open && a.status.reason === b.status.reason
}

function aboutRoll({ path, roll }: Roll) {
  const detail = `revision ${roll.revision} of class ${roll.class}, ${roll.date} ${roll.session}, came twice with other counts`
  return { field: `${path}revision`, value: roll.revision, detail }
}

function aboutStatus({ status }: Status) {
  const since = new Date(status.since).toISOString()
  return { field: 'since', value: since, detail: `two statuses since ${since}` }
}
