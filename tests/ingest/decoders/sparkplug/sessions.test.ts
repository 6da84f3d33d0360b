import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  ASK_AGAIN_MS,
  MOST_ASKED_A_SECOND,
  MOST_MISSING,
  MOST_NODES,
  REORDER_MS,
} from '../../../../ingest/decoders/sparkplug/edge-nodes.ts'
import { readPayload } from '../../../../ingest/decoders/sparkplug/payload.ts'
import { encodePayload } from '../../../helpers/sparkplug.ts'
import { message, NOW } from '../../messages.ts'
import { bdSeq, data, deviceBirth, Host, nodeBirth, T } from './host.ts'

const MINUTE = 60_000
const REBIRTH = 'spBv1.0/A/NCMD/e1'
const CO2 = [{ alias: 1, int: 650 }]

/** An edge node that numbers what it sends. */
class Edge {
  readonly host: Host
  #seq = 255
  #at = NOW

  constructor(host = new Host()) {
    this.host = host
  }

  later(ms: number): this {
    this.#at += ms
    return this
  }
  /** The next number is used by a message that nobody hears. */
  lose(count = 1): this {
    this.#seq = (this.#seq + count) % 256
    return this
  }
  birth(session = 0) {
    this.#seq = 0
    const node = this.#hear('A/NBIRTH/e1', nodeBirth({ seq: 0, bdSeq: session }))
    this.#hear('A/DBIRTH/e1/d1', deviceBirth(this.#next()))
    return node
  }
  data() {
    return this.numbered(this.#next())
  }
  numbered(seq: number) {
    return this.#hear('A/DDATA/e1/d1', data(seq, CO2))
  }
  nodeDeath(session: number | undefined, more = {}) {
    const metrics = session === undefined ? [] : [bdSeq(session)]
    return this.host.hear('A/NDEATH/e1', { timestamp: T, metrics }, { receivedAt: this.#at, ...more })
  }
  deviceDeath() {
    return this.#hear('A/DDEATH/e1/d1', { timestamp: T - MINUTE, seq: this.#next() })
  }
  #next() {
    return this.lose().#seq
  }
  #hear(topic: string, payload: Parameters<Host['hear']>[1]) {
    return this.host.hear(topic, payload, { receivedAt: this.#at })
  }
}

describe('sequence numbers', () => {
  test('run from 0 to 255 and round again without anybody asking', () => {
    const edge = new Edge()
    edge.birth()
    const asked = Array.from({ length: 600 }, () => edge.later(1_000).data().commands).flat()
    expect(asked).toEqual([])
  })

  test('begin with that of the NBIRTH, whatever it is', () => {
    const host = new Host()
    host.hear('A/NBIRTH/e1', nodeBirth({ seq: 255 }))
    host.hear('A/DBIRTH/e1/d1', deviceBirth(0))
    expect(host.hear('A/DDATA/e1/d1', data(1, CO2), { receivedAt: NOW + MINUTE }).commands).toEqual([])
  })

  test('that are missing two seconds later are asked for, by a rebirth; meanwhile everything is read', () => {
    const edge = new Edge()
    edge.birth()
    const gap = edge.lose().data()
    expect([gap.commands, gap.values]).toEqual([[], ['co2=650']])
    expect(edge.later(1_999).data().commands).toEqual([])
    expect(edge.later(1).data().commands).toEqual([REBIRTH])
  })

  test('that only came out of order are nobody’s fault', () => {
    const edge = new Edge()
    edge.birth()
    for (const seq of [4, 3, 2, 7, 5, 6, 8]) expect(edge.later(500).numbered(seq).commands).toEqual([])
    expect(edge.later(MINUTE).numbered(9).commands).toEqual([])
  })

  test('with a gap are noticed by the next message of anybody, for the edge node may say nothing more', () => {
    const edge = new Edge()
    edge.birth()
    edge.lose().data()
    const other = edge.host.hear('B/NBIRTH/e9', nodeBirth(), { receivedAt: NOW + 2_000 })
    expect(other.commands).toEqual([REBIRTH])
  })

  test('with a large gap, or that go back, are asked for at once', () => {
    for (const seq of [200, 1]) {
      const edge = new Edge()
      edge.birth()
      edge.data()
      edge.data()
      expect(edge.numbered(seq).commands).toEqual([REBIRTH])
    }
  })

  test('that a sender leaves out cannot be missed', () => {
    const host = new Host()
    host.hear('A/NBIRTH/e1', { timestamp: T, metrics: [bdSeq(0)] })
    host.hear('A/DBIRTH/e1/d1', { timestamp: T, metrics: deviceBirth(0).metrics! })
    for (let minute = 0; minute < 3; minute++) {
      const heard = host.hear(
        'A/DDATA/e1/d1',
        { timestamp: T, metrics: CO2 },
        { receivedAt: NOW + minute * MINUTE },
      )
      expect([heard.commands, heard.values]).toEqual([[], ['co2=650']])
    }
  })

  test('mean nothing to a program that shares the load, and are not judged', () => {
    const edge = new Edge(new Host({ ordered: false }))
    edge.birth()
    edge.lose(3).data()
    expect(edge.later(MINUTE).data().commands).toEqual([])
  })

  test('mean nothing in what a broker kept, sends again, or is carried again', () => {
    const edge = new Edge()
    edge.birth()
    for (const more of [{ retained: true }, { dup: true }, { retryOf: 7 }]) {
      const heard = edge.host.hear('A/DDATA/e1/d1', data(99, CO2), { receivedAt: NOW + MINUTE, ...more })
      expect([heard.commands, heard.values]).toEqual([[], ['co2=650']])
    }
    expect(edge.later(MINUTE).data().commands).toEqual([])
    edge.lose().data()
    const old = { retryOf: 8, receivedAt: NOW - 60 * MINUTE }
    expect(edge.host.hear('A/DDATA/e1/d1', data(7, CO2), old).commands).toEqual([])
  })

  test('that are missing are missed no more when the edge node is born again', () => {
    const edge = new Edge()
    edge.birth()
    for (let sent = 0; sent < 9; sent++) edge.data()
    edge.lose().data()
    edge.birth()
    expect(edge.later(MINUTE).data().commands).toEqual([])
  })

  test('count once, also when a batch has failed and is read again', () => {
    const host = new Host()
    const said = [nodeBirth(), deviceBirth(1), data(2, CO2), data(3, CO2)]
    const topics = ['A/NBIRTH/e1', 'A/DBIRTH/e1/d1', 'A/DDATA/e1/d1', 'A/DDATA/e1/d1']
    const batch = said.map((payload, at) =>
      message(`spBv1.0/${topics[at]}`, encodePayload(payload), { receivedAt: NOW + at * MINUTE }),
    )
    for (const part of [batch, batch.slice(2), batch.slice(0, 3), batch.slice(3)]) {
      expect(host.read(part).commands).toEqual([])
    }
    expect(host.hear('A/DDATA/e1/d1', data(4, CO2), { receivedAt: NOW + 9 * MINUTE }).commands).toEqual([])
  })
})

describe('a rebirth', () => {
  test('is asked for by the command that the specification has, with the time of asking', () => {
    const { batch } = new Edge().data()
    expect(batch.commands).toHaveLength(1)
    const { timestamp, metrics } = readPayload(batch.commands[0]!.payload, 5)
    expect(timestamp).toBe(NOW)
    expect(metrics).toMatchObject([
      {
        name: 'Node Control/Rebirth',
        timestamp: NOW,
        datatype: 11,
        value: { in: 'boolean_value', is: true },
      },
    ])
  })

  test('is asked for once a minute at most by edge node, and again while it does not come', () => {
    const edge = new Edge()
    expect(edge.data().commands).toEqual([REBIRTH])
    expect(edge.later(MINUTE - 1).data().commands).toEqual([])
    expect(edge.later(1).data().commands).toEqual([REBIRTH])
    expect(edge.later(1).birth().commands).toEqual([])
    expect(edge.later(2 * MINUTE).data().commands).toEqual([])
  })

  test('is asked for again although the clock was set back by an hour', () => {
    const edge = new Edge()
    expect(edge.data().commands).toEqual([REBIRTH])
    expect(edge.later(-60 * MINUTE).data().commands).toEqual([REBIRTH])
  })

  test('is asked for after a restart too, although what is in the database is read on: births may have been missed', () => {
    const before = new Edge()
    before.birth()
    const after = new Host()
    for (const [key, body] of before.host.descriptions) after.descriptions.set(key, body)
    const heard = after.hear('A/DDATA/e1/d1', data(9, CO2))
    expect([heard.values, heard.letters, heard.commands]).toEqual([['co2=650'], [], [REBIRTH]])
  })

  test('is asked of twenty edge nodes a second at most, and of the others when they speak again', () => {
    const host = new Host()
    const speak = (at: number) =>
      Array.from(
        { length: 50 },
        (_, n) => host.hear(`A/NDATA/e${n}`, data(1, CO2), { receivedAt: NOW + at }).commands,
      ).flat()
    expect(speak(0)).toHaveLength(20)
    expect(speak(500)).toHaveLength(0)
    const second = speak(1_000)
    const third = speak(2_000)
    expect([second.length, third.length]).toEqual([20, 10])
    expect(new Set([...second, ...third]).size).toBe(30)
  })

  test('is not asked for by messages that are carried again: their edge node may have been silent for days', () => {
    const heard = new Host().hear('A/DDATA/e1/d1', data(1, CO2), { retryOf: 3 })
    expect([heard.reasons, heard.commands]).toEqual([['no-birth'], []])
  })

  test('does not need more memory however many edge nodes there are', () => {
    const host = new Host()
    for (let n = 0; n < 20_100; n++) host.hear(`A/NBIRTH/e${n}`, Buffer.alloc(0))
    // Forgotten, and so asked for once more; nothing else happens.
    expect(host.hear('A/NDATA/e5', data(1, []), { receivedAt: NOW + MINUTE }).commands).toEqual([
      'spBv1.0/A/NCMD/e5',
    ])
  })
})

describe('the death of an edge node', () => {
  test('ends its connection and those of all devices behind it, at the time of arrival', () => {
    const edge = new Edge()
    edge.birth()
    const death = edge.later(5_000).nodeDeath(0)
    expect(death.connections).toEqual(['A/e1/* offline'])
    expect(death.batch.records).toMatchObject([{ at: NOW + 5_000, unlessKnown: true }])
    expect(edge.host.descriptions.get('sparkplug A/e1')).toMatchObject({ online: false, bdSeq: 0 })
  })

  test('of a session that has been replaced is ignored: the will came late', () => {
    const edge = new Edge()
    edge.birth(7)
    edge.birth(8)
    const late = edge.nodeDeath(7)
    expect([late.connections, late.letters, late.ignored, late.batch.descriptions]).toEqual([[], [], 1, []])
    expect(edge.data().commands).toEqual([])
    expect(edge.nodeDeath(8).connections).toEqual(['A/e1/* offline'])
  })

  test('said twice, by itself and by its will, is said once', () => {
    const edge = new Edge()
    edge.birth(3)
    edge.nodeDeath(3)
    const will = edge.nodeDeath(3)
    expect([will.connections, will.ignored]).toEqual([[], 1])
  })

  test('counts without a session number, without a birth, and where the birth had no number', () => {
    expect(new Edge().nodeDeath(4).connections).toEqual(['A/e1/* offline'])
    const numbered = new Edge()
    numbered.birth(4)
    expect(numbered.nodeDeath(undefined).connections).toEqual(['A/e1/* offline'])
    const bare = new Edge()
    bare.host.hear('A/NBIRTH/e1', { timestamp: T, seq: 0 })
    expect(bare.nodeDeath(4).connections).toEqual(['A/e1/* offline'])
  })

  test('that a broker kept says nothing of now', () => {
    const edge = new Edge()
    edge.birth()
    const kept = edge.nodeDeath(0, { retained: true })
    expect([kept.connections, kept.ignored]).toEqual([[], 1])
  })

  test('is doubted when it speaks on: what it says is read, and it is asked for its births', () => {
    for (const ordered of [true, false]) {
      const edge = new Edge(new Host({ ordered }))
      edge.birth()
      edge.nodeDeath(0)
      const heard = edge.data()
      expect([heard.values, heard.commands]).toEqual([['co2=650'], [REBIRTH]])
    }
  })

  test('and its next birth count as the newest also after the clock was set back by an hour', () => {
    const edge = new Edge()
    edge.birth(1)
    const said = [edge.later(-60 * MINUTE).nodeDeath(1), edge.birth(2)]
    expect(said.map(({ batch }) => batch.descriptions[0]!.at)).toEqual([NOW, NOW])
  })

  test('and its next birth is news again', () => {
    const edge = new Edge()
    edge.birth(1)
    edge.nodeDeath(1)
    expect(edge.birth(2).connections).toEqual(['A/e1 online'])
    expect(edge.host.descriptions.get('sparkplug A/e1')).toMatchObject({ online: true, bdSeq: 2 })
  })
})

test('the death of a device ends its connection alone, by our clock and not by its own', () => {
  const edge = new Edge()
  edge.birth()
  const death = edge.later(1_000).deviceDeath()
  expect(death.connections).toEqual(['A/e1/d1 offline'])
  expect(death.batch.records).toMatchObject([{ at: NOW + 1_000 }])
  expect(edge.host.descriptions.get('sparkplug A/e1')).toMatchObject({ online: true })
  expect(edge.later(MINUTE).data().commands).toEqual([REBIRTH])
})

describe('a birth that a broker kept', () => {
  test('is better than none: the data after it can be read', () => {
    const host = new Host({ ordered: false })
    const kept = host.hear('A/DBIRTH/e1/d1', deviceBirth(1), { retained: true })
    expect([kept.connections, kept.batch.descriptions.length]).toEqual([[], 1])
    expect(host.hear('A/DDATA/e1/d1', data(2, CO2)).values).toEqual(['co2=650'])
  })

  test('never replaces the one that is known', () => {
    const edge = new Edge()
    edge.birth()
    const old = deviceBirth(1, [{ name: 'Noise', alias: 1, datatype: 10, double: 40 }])
    expect(edge.host.hear('A/DBIRTH/e1/d1', old, { retained: true }).batch.descriptions).toEqual([])
    expect(edge.data().values).toEqual(['co2=650'])
  })
})

describe('carried again after its device was registered', () => {
  const again = { retryOf: 12 }

  test('a birth brings its values, and the connection while that lasts; it is not kept a second time', () => {
    const edge = new Edge()
    edge.birth()
    const birth = edge.host.hear('A/DBIRTH/e1/d1', deviceBirth(1), again)
    expect([birth.values.length, birth.connections, birth.batch.descriptions]).toEqual([
      3,
      ['A/e1/d1 online'],
      [],
    ])
    edge.nodeDeath(0)
    const late = edge.host.hear('A/DBIRTH/e1/d1', deviceBirth(1), again)
    expect([late.values.length, late.connections]).toEqual([3, []])
  })

  test('a death says that it is offline while nothing newer is known', () => {
    const edge = new Edge()
    edge.birth()
    edge.nodeDeath(0)
    expect(edge.nodeDeath(0, again).connections).toEqual(['A/e1/* offline'])
    edge.birth(1)
    const late = edge.nodeDeath(0, again)
    expect([late.connections, late.batch.descriptions]).toEqual([[], []])
  })

  test('data is read by the birth that came meanwhile', () => {
    const edge = new Edge()
    const early = data(5, CO2)
    expect(edge.host.hear('A/DDATA/e1/d1', early).reasons).toEqual(['no-birth'])
    edge.birth()
    const heard = edge.host.hear('A/DDATA/e1/d1', early, again)
    expect([heard.values, heard.letters]).toEqual([['co2=650'], []])
  })
})

test('the papers tell vendors and operators the very numbers', () => {
  const paper = (path: string) => readFileSync(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8')
  const decision = paper('decisions/0007-sparkplug.md')
  expect([REORDER_MS, ASK_AGAIN_MS]).toEqual([2_000, MINUTE])
  expect(paper('protocol.md')).toMatch(/`seq` bị hụt quá 2 giây.*nhiều nhất mỗi phút một lần/s)
  expect(paper('operate.md')).toContain(`nhiều nhất ${MOST_ASKED_A_SECOND} bộ mỗi giây`)
  expect(decision).toContain(`at once when more than ${MOST_MISSING} are missing`)
  expect(decision).toContain(`at most once a minute by edge node and ${MOST_ASKED_A_SECOND} a second in all`)
  expect(decision).toContain(`bounded at ${MOST_NODES.toLocaleString('en')} edge nodes`)
})
