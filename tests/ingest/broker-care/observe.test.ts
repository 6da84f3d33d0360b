import { expect, test } from 'vitest'
import { type FindingCode, finding, findingCatalogue } from '../../../ingest/broker-care/findings.ts'
import { type Knowledge, observe, type SessionKnowledge } from '../../../ingest/broker-care/observe.ts'
import { SESSION_EXPIRY_SECONDS, type SourceState } from '../../../ingest/source.ts'

const NOW = Date.parse('2026-11-23T01:00:00Z')
const HOUR = 3_600_000

const session = (state: Partial<SourceState> = {}, loss?: SessionKnowledge['loss']): SessionKnowledge => ({
  clientId: 'ioc-ingest',
  state: {
    ...{ connectedAt: NOW - HOUR, version: 5, failure: undefined, refused: [], lowered: [] },
    ...{ expirySeconds: SESSION_EXPIRY_SECONDS, ...state },
  },
  loss,
})
const know = (more: Partial<Knowledge>): Knowledge => ({
  ...{ broker: 'b:1883', sessions: [session()], receiveMaximum: 1_000, probe: undefined, drops: undefined },
  ...more,
})
const measured = (kept: number, window: number) =>
  ({ outcome: 'measured', sent: 1_200, kept, window }) as const
const drops = (increase: number, agoMs: number) => ({ increase, increasedAt: NOW - agoMs })

test.each<[string, Partial<Knowledge>, FindingCode[]]>([
  ['nothing is known yet', {}, []],
  ['everything came back and the window is as wide as asked for', { probe: measured(1_200, 1_000) }, []],
  ['a window wider than asked for', { probe: measured(1_200, 1_050) }, []],
  ['the default queue of a broker', { probe: measured(1_000, 1_000) }, ['queue-small']],
  ['a queue smaller than the window', { probe: measured(300, 300) }, ['queue-small']],
  ['a window of twenty', { probe: measured(1_200, 20) }, ['window-small']],
  ['both', { probe: measured(1_000, 20) }, ['queue-small', 'window-small']],
  ['more was asked for than a probe can see', { receiveMaximum: 5_000, probe: measured(1_200, 1_200) }, []],
  ['no right to probe', { probe: { outcome: 'refused' } }, ['probe-refused']],
  ['sessions end with their connection', { probe: { outcome: 'forgotten' } }, ['session-not-kept']],
  ['no $SYS', { drops: null }, ['sys-unreadable']],
  ['nothing was ever dropped', { drops: { increase: 0, increasedAt: undefined } }, []],
  ['dropped an hour ago', { drops: drops(12, HOUR) }, ['messages-dropped']],
  ['dropped two days ago', { drops: drops(12, 48 * HOUR) }, []],
  ['gone after a minute', { sessions: [session({}, { at: NOW - HOUR, afterMs: 60_000 })] }, ['session-lost']],
  [
    'gone after nine days',
    { sessions: [session({}, { at: NOW, afterMs: 216 * HOUR })] },
    ['session-expired'],
  ],
  [
    'gone after the hour for which this broker keeps sessions',
    { sessions: [session({ expirySeconds: 3_600 }, { at: NOW, afterMs: 2 * HOUR })] },
    ['session-short', 'session-expired'],
  ],
  ['gone long ago', { sessions: [session({}, { at: NOW - 25 * HOUR, afterMs: 60_000 })] }, []],
  ['a filter refused', { sessions: [session({ refused: ['x/#'] })] }, ['subscription-refused']],
  ['a filter at QoS 0', { sessions: [session({ lowered: ['x/#'] })] }, ['qos-lowered']],
])('%s', (_what, known, codes) => {
  expect([...observe(know(known), NOW).keys()]).toEqual(codes)
})

test('every {name} in the sentences is filled, in both languages', () => {
  const names = [
    'broker',
    'why',
    'filters',
    'sessions',
    'seconds',
    'found',
    'wanted',
    'kept',
    'sent',
    'window',
    'count',
  ]
  const params = Object.fromEntries(names.map((name) => [name, '7']))
  for (const code of Object.keys(findingCatalogue) as FindingCode[]) {
    const { vi, en } = finding(code, params, NOW)
    expect(`${vi} ${en}`).not.toMatch(/[{}]|undefined/)
    expect(vi).not.toBe(en)
  }
})

test('what is observed fills every {name} of its sentence', () => {
  const everything = know({
    sessions: [
      session({ refused: ['x/#'], lowered: ['y/#'], expirySeconds: 60 }, { at: NOW, afterMs: 1_000 }),
      session({}, { at: NOW, afterMs: 300 * HOUR }),
    ],
    probe: measured(1_000, 20),
    drops: drops(12, HOUR),
  })
  for (const [code, { params }] of observe(everything, NOW)) {
    const { vi, en } = findingCatalogue[code]
    const wanted = [...`${vi}${en}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
    expect(wanted.filter((name) => params[name] === undefined)).toEqual([])
  }
})
