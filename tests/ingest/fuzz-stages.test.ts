import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseJson } from '../../ingest/decoders/json.ts'
import { bodies } from '../../ingest/decoders/native.ts'
import type { Message } from '../../ingest/message.ts'
import { IngestMetrics } from '../../ingest/metrics.ts'
import { reasons } from '../../ingest/reasons.ts'
import type { Batch, Connection, Draft, Row } from '../../ingest/records.ts'
import { acknowledge } from '../../ingest/stages/acknowledge.ts'
import { dedupe } from '../../ingest/stages/dedupe.ts'
import { type Directory, enrich, type School } from '../../ingest/stages/enrich.ts'
import { MOST_AHEAD_MS, validate } from '../../ingest/stages/validate.ts'
import type { TopicKind } from '../../shared/contract/topics.ts'
import { metricsData } from '../../shared/db/reference.ts'
import { anything, matched } from './arbitraries.ts'
import { decodeOwn, message, NOW } from './messages.ts'
import { mutation } from './mutations.ts'

/** Fuzzing without I/O: nothing throws, and no message leaves a stage without a record or a dead letter. */

const always = { validFrom: '2000-01-01', validTo: null }
const device = (id: number) => ({ id, ...always })
const schools = new Map<string, School>([
  [
    'TH-01',
    {
      id: 1,
      ...always,
      devices: new Map([
        ['room-1', device(11)],
        ['gate-1', device(12)],
      ]),
    },
  ],
  ['TH-02', { id: 2, ...always, devices: new Map([['room-1', device(21)]]) }],
])
const metrics = new Map(metricsData().map((metric) => [metric.code, metric]))
const directory: Directory = {
  school: (code) => schools.get(code),
  metric: (code) => metrics.get(code),
  refresh: () => Promise.resolve(),
}

const messagesOf = (...lists: readonly (readonly { message: Message }[])[]) =>
  new Set(lists.flatMap((list) => list.map((one) => one.message)))
/** Messages of a batch that none of its records or letters is about. */
const forgotten = ({ messages, records, duplicates, letters }: Batch<Draft | Row>) => {
  const spoken = messagesOf(records, duplicates, letters)
  return messages.filter((one) => !spoken.has(one))
}
const batches = (arbitrary: typeof anything) =>
  fc
    .array(fc.tuple(arbitrary, fc.boolean(), fc.integer({ min: -3, max: 3 })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((samples) =>
      samples.map(([[topic, body], retained, ms]) =>
        message(topic, body, { retained, receivedAt: NOW + ms }),
      ),
    )

test('a million random payloads: every one decoded and judged, none dropped, no crash', {
  timeout: 300_000,
}, () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 102)
  const ways = { records: 0, letters: 0 }
  // Most of the time went into stack traces of syntax errors, which nobody reads.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  onTestFinished(() => {
    Error.stackTraceLimit = stackTraceLimit
  })
  for (let n = 0; n < 1_000_000; n += 1_000) {
    const sent = Array.from({ length: 1_000 }, (_, at) => mutation(seed, n + at))
    const messages = sent.map(({ topic, payload }) => message(topic, payload))
    const where = `FUZZ_SEED=${seed}, payloads ${n} to ${n + 999}`
    let valid: Batch<Draft>
    try {
      valid = validate(decodeOwn(messages), directory)
    } catch (error) {
      throw new Error(`a stage threw: ${where}`, { cause: error })
    }
    if (forgotten(valid).length > 0) {
      const shown = forgotten(valid).map((one) => `${one.topic} ${one.payload.toString('latin1')}`)
      throw new Error(`dropped without a word: ${where}: ${shown.join(' | ')}`)
    }
    const untrue = valid.records.filter((draft) => !isSound(draft))
    if (untrue.length > 0) throw new Error(`let through: ${where}: ${JSON.stringify(untrue[0])}`)
    ways.records += valid.records.length
    ways.letters += valid.letters.length
  }
  // Worth something only when both ways were taken often.
  expect(ways.records).toBeGreaterThan(300_000)
  expect(ways.letters).toBeGreaterThan(300_000)
})

/** What every later stage and the database rely on. */
function isSound(draft: Draft): boolean {
  const timely = (at: number) => Number.isFinite(at) && at <= NOW + MOST_AHEAD_MS
  const count = (value: number) => Number.isInteger(value) && value >= 0
  switch (draft.kind) {
    case 'reading': {
      const metric = metrics.get(draft.metric)
      return (
        timely(draft.at) &&
        metric !== undefined &&
        draft.value >= metric.minimum &&
        draft.value <= metric.maximum
      )
    }
    case 'roll': {
      const { roll } = draft
      const counts = [roll.revision, roll.enrolled, roll.present, roll.late, roll.excused, roll.unexcused]
      return timely(roll.takenAt) && counts.every(count) && /^\d{4}-\d\d-\d\d$/.test(roll.date)
    }
    case 'checkin':
      return timely(draft.checkin.ts) && draft.checkin.id.length > 0
    case 'status':
      return timely(draft.status.since)
    case 'connection':
      return typeof draft.online === 'boolean'
  }
}

describe.each(Object.keys(bodies) as TopicKind[])('the decoder of %s', (kind) => {
  const json = fc.oneof(
    fc.jsonValue(),
    fc.object({ key: fc.constantFrom('ts', 'values', 'id', '__proto__') }),
  )

  test('reads or refuses whatever JSON it is given, element by element, and never throws', () => {
    fc.assert(
      fc.property(json, (body) => {
        const wire = JSON.parse(JSON.stringify(body) ?? 'null') as unknown
        const { drafts, faults } = bodies[kind](wire, { school: 'TH-01', device: 'room-1' }, message('t', ''))
        expect(drafts.length + faults.length).toBeGreaterThanOrEqual(1)
        for (const fault of faults) expect(reasons).toHaveProperty(fault.reason)
      }),
      { numRuns: 500 },
    )
  })
})

test('text is JSON, or JSON with NaN and Infinity in it, or refused with a SyntaxError', () => {
  const words = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', 'NaN', '-Infinity', '1', ' '))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        words.map((list) => list.join('')),
      ),
      (text) => {
        try {
          parseJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

describe('whatever messages come in a batch', () => {
  test('enrich gives every record the ids of its own school and device, or a dead letter', async () => {
    await fc.assert(
      fc.asyncProperty(batches(anything), async (messages) => {
        const batch = await enrich(validate(decodeOwn(messages), directory), directory)
        expect(forgotten(batch)).toEqual([])
        for (const row of batch.records) {
          const school = schools.get(row.school)!
          expect(row.schoolId).toBe(school.id)
          if ('deviceId' in row) expect(row.deviceId).toBe(school.devices.get(row.device)!.id)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('dedupe keeps one record a key, and accounts for every other', async () => {
    await fc.assert(
      fc.asyncProperty(batches(matched), async (messages) => {
        const known = await enrich(validate(decodeOwn([...messages, ...messages]), directory), directory)
        const distinct = dedupe(known)
        const kept = new Set<Row>(distinct.records)
        const refused = distinct.letters.length - known.letters.length
        expect(kept.size + distinct.duplicates.length + refused).toBeLessThanOrEqual(known.records.length)
        expect(forgotten(distinct)).toEqual([])
        // Again, nothing is new: what is left has no two records of one key.
        expect(dedupe(distinct).records).toEqual(distinct.records)
        expectInOrder(distinct.records.filter((row): row is Connection => row.kind === 'connection'))
      }),
      { numRuns: 150 },
    )
  })

  test('acknowledge settles every message once, and counts what it tells', async () => {
    await fc.assert(
      fc.asyncProperty(batches(anything), async (messages) => {
        const { records, ...rest } = dedupe(await enrich(validate(decodeOwn(messages), directory), directory))
        const counters = new IngestMetrics('0.0.0')
        for (const one of messages) counters.taken(one)
        acknowledge({ ...rest, stored: records }, { metrics: counters, commands: { publish: () => {} } })
        const outcomes = messages.flatMap((one) => one.outcomes)
        expect(outcomes).toHaveLength(messages.length)
        const told = outcomes.reduce((sum, one) => sum + one.stored + one.duplicate + one.rejected.length, 0)
        expect(told).toBe(records.length + rest.duplicates.length + rest.letters.length)
        const text = await counters.registry.metrics()
        const received = [...text.matchAll(/^ioc_ingest_received_total\{.*\} (\d+)$/gm)]
        expect(received.reduce((sum, match) => sum + Number(match[1]), 0)).toBe(told)
      }),
      { numRuns: 100 },
    )
  })
})

/** Changes of a device keep the order in which they came, and no change is said twice. */
function expectInOrder(connections: Connection[]): void {
  const last = new Map<number, Connection>()
  for (const one of connections) {
    const before = last.get(one.deviceId)
    if (before) expect(one.at).toBeGreaterThan(before.at)
    last.set(one.deviceId, one)
  }
}
