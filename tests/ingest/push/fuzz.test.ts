import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactHanet } from '../../../ingest/http/push/hanet-redaction.ts'
import { redactRecords } from '../../../ingest/http/push/iclock-redaction.ts'
import { countCodes } from '../../../ingest/http/push/roll-codes.ts'
import { decode } from '../../../ingest/stages/decode.ts'
import { decodeTools, message } from '../messages.ts'
import { EVENT_KEY, hanetPush, hashOf, PUPIL, record, SECRET } from './pushes.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const text = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '')
const anything = fc.oneof(bytes, fc.jsonValue().map(text))
const scalars = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom<unknown>(
    '2026-11-23T00:58:30Z',
    '2026-11-23 06:58:11',
    'urn:ngsi-ld:null',
    612,
    { '@value': 'x' },
    [{ value: 1 }],
  ),
)

/** Decoded as the pipeline would: nothing is thrown, nothing is silent, every number is one. */
function check(topic: string, payload: Buffer): void {
  const batch = decode([message(topic, payload, { source: 'http' })], decodeTools)
  const { records, letters, descriptions, ignored } = batch
  expect(records.length + letters.length + descriptions.length + ignored.size).toBeGreaterThan(0)
  for (const record of records) {
    if (record.kind === 'reading')
      expect(Number.isFinite(record.value) && Number.isFinite(record.at)).toBe(true)
    if (record.kind === 'checkin' && 'at' in record) expect(Number.isFinite(record.at)).toBe(true)
  }
}

const attributes = fc.dictionary(
  fc.constantFrom(
    'co2',
    'temp',
    'relativeHumidity',
    'x:noise',
    'dateObserved',
    'TimeInstant',
    'name',
    '__proto__',
    '',
  ),
  fc.oneof(
    scalars,
    fc.record(
      {
        type: fc.constantFrom('Property', 'Number', 'GeoProperty', 'Text'),
        value: scalars,
        unitCode: scalars,
        observedAt: scalars,
        modifiedAt: scalars,
        metadata: scalars,
        datasetId: scalars,
      },
      { requiredKeys: [] },
    ),
    fc.array(fc.record({ value: scalars, datasetId: scalars }, { requiredKeys: [] }), { maxLength: 3 }),
  ),
)
const notifications = fc
  .record(
    {
      type: scalars,
      notifiedAt: scalars,
      data: fc.oneof(
        scalars,
        fc.array(
          fc.tuple(fc.string(), attributes).map(([id, rest]) => ({ ...rest, id })),
          { maxLength: 4 },
        ),
      ),
    },
    { requiredKeys: [] },
  )
  .map(text)

describe('whatever comes, no decoder throws, keeps silent or makes a number that is none', () => {
  test.each([
    ['push/ngsi-ld', fc.oneof(anything, notifications)],
    ['/json/key/device/attrs', fc.oneof(anything, attributes.map(text))],
    ['push/hanet', anything],
    ['push/zkteco/CJ9A204260012', anything],
  ])('%s', (topic, payloads) => {
    fc.assert(
      fc.property(payloads, (payload) => check(topic, payload)),
      { numRuns: 3_000, seed: 102 },
    )
  })
})

/** A pupil's name that can be told from everything else. */
const PERSON = 'Trần«person»'
const mutations = fc.dictionary(
  fc.constantFrom(...Object.keys(hanetPush()).filter((key) => key !== 'id' && key !== 'hash'), 'more'),
  fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(PERSON, { PERSON }, [PERSON], Number.MAX_SAFE_INTEGER, '1', -1, `1${PERSON}`),
  ),
)

describe('the edge', () => {
  test('lets nothing through that HANET writes of a person, whatever field it stands in', () => {
    fc.assert(
      fc.property(mutations, fc.string({ minLength: 1 }), (more, id) => {
        const body = { ...hanetPush(), ...more, id, hash: hashOf(id) }
        const redacted = redactHanet(text(body), SECRET)
        expect(typeof redacted).toBe('object')
        const handedOn = JSON.stringify(redacted)
        for (const trace of [...Object.values(PUPIL), '«person»']) expect(handedOn).not.toContain(trace)
        check('push/hanet', Buffer.from(handedOn))
      }),
      { numRuns: 3_000, seed: 102 },
    )
  })

  test('takes no body for a webhook that is none', () => {
    fc.assert(
      fc.property(anything, (body) => {
        expect(['unreadable', 'forged']).toContain(redactHanet(body, SECRET))
      }),
      { numRuns: 3_000, seed: 102 },
    )
  })

  test('lets nothing through that a terminal writes of a person, whatever column it stands in', () => {
    const PIN = 'zq«pin»'
    const columns = fc.oneof(
      fc.constantFrom(PIN, '', '2026-11-23 06:58:11', '0', '255', '-'),
      fc.string({ maxLength: 8 }),
    )
    const lines = fc.oneof(
      fc.array(columns, { maxLength: 6 }).map((line) => line.join('\t')),
      fc.constant(record(PIN, '2026-11-23 06:58:11')),
    )
    fc.assert(
      fc.property(
        fc.array(lines, { maxLength: 8 }),
        fc.oneof(fc.constant(PIN), fc.string()),
        (body, stamp) => {
          const pushes = redactRecords(Buffer.from(body.join('\n')), 'CJ9A204260012', stamp, EVENT_KEY)
          const handedOn = JSON.stringify(pushes)
          expect(handedOn).not.toContain('pin')
          expect(handedOn).not.toContain('zq')
          for (const push of pushes) check('push/zkteco/CJ9A204260012', text(push))
        },
      ),
      { numRuns: 3_000, seed: 102 },
    )
  })

  test('reads or refuses every list of codes', () => {
    const rolls = fc.record({
      codes: fc.array(fc.oneof(fc.constantFrom('C', 'k', null, 'Tardy'), fc.string())),
    })
    fc.assert(
      fc.property(fc.oneof(anything, rolls.map(text)), (body) => {
        const counted = countCodes(body)
        if ('faults' in counted) expect(counted.faults.length).toBeGreaterThan(0)
        else expect(counted.rolls.length).toBeGreaterThan(0)
      }),
      { numRuns: 2_000, seed: 102 },
    )
  })
})
