import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { QUALITY } from '../../../../ingest/stages/enrich.ts'
import { encodePayload, type MetricToWrite, TYPE } from '../../../helpers/sparkplug.ts'
import { NOW } from '../../messages.ts'
import { AIR, data, deviceBirth, Host, nodeBirth, T } from './host.ts'

/** A program that has heard the births of edge node A/e1 and of the air sensor d1 behind it. */
function born(
  options: ConstructorParameters<typeof Host>[0] & { metrics?: Record<string, string> } = {},
  metrics = AIR,
) {
  const host = new Host(options)
  host.hear('A/NBIRTH/e1', nodeBirth())
  host.hear('A/DBIRTH/e1/d1', deviceBirth(1, metrics))
  return host
}
const spoken = (metrics: MetricToWrite[], definition = AIR, options = {}) =>
  born(options, definition).hear('A/DDATA/e1/d1', data(2, metrics))

describe('a birth', () => {
  test('brings the values of its moment, and the connection of whose birth it is', () => {
    const host = new Host()
    const node = host.hear(
      'A/NBIRTH/e1',
      nodeBirth({ metrics: [{ name: 'Power', datatype: TYPE.Boolean, boolean: true }] }),
    )
    expect(node.readings).toEqual([{ name: 'A/e1', metric: 'power', value: 1, at: T }])
    expect(node.connections).toEqual(['A/e1 online'])
    const device = host.hear('A/DBIRTH/e1/d1', deviceBirth(1))
    expect(device.readings).toEqual([
      { name: 'A/e1/d1', metric: 'co2', value: 612, at: T },
      { name: 'A/e1/d1', metric: 'temperature', value: 27.3, at: T },
      { name: 'A/e1/d1', metric: 'humidity', value: 61.5, at: T },
    ])
    expect(device.connections).toEqual(['A/e1/d1 online'])
    expect([...node.letters, ...device.letters]).toEqual([])
  })

  test('is kept as the description of whose birth it is: names, aliases, data types, units', () => {
    const unit = { engUnit: { type: TYPE.String, string: 'ppm' } }
    const host = born({}, [
      { ...AIR[0]!, properties: unit },
      AIR[1]!,
      { name: 'Note', datatype: TYPE.String, string: 'x' },
    ])
    expect(host.descriptions.get('sparkplug A/e1/d1')).toEqual({
      at: NOW,
      online: true,
      bdSeq: 0,
      metrics: [
        { name: 'Air/CO2', alias: '1', datatype: TYPE.UInt16, unit: 'ppm' },
        { name: 'Air/Temperature', alias: '2', datatype: TYPE.Float },
        { name: 'Note', datatype: TYPE.String },
      ],
    })
  })

  test('with nothing in it is a birth all the same', () => {
    const heard = new Host().hear('A/DBIRTH/e1/d1', Buffer.alloc(0))
    expect(heard.connections).toEqual(['A/e1/d1 online'])
    expect(heard.batch.descriptions).toHaveLength(1)
  })

  test('counts its commands, texts, session number and metrics without a value as ignored, and blames nobody', () => {
    const heard = new Host().hear(
      'A/NBIRTH/e1',
      nodeBirth({
        metrics: [
          { name: 'Properties/Serial', datatype: TYPE.String, string: 'EN-1' },
          { name: 'Node Control/Scan Rate', datatype: TYPE.Int32, int: 500 },
          { name: 'Temperature', datatype: TYPE.Float, isNull: true },
        ],
      }),
    )
    expect(heard.letters).toEqual([])
    expect(heard.readings).toEqual([])
    expect(heard.ignored).toBe(5)
  })

  test('names a metric without a name, and keeps the others', () => {
    const heard = new Host().hear(
      'A/DBIRTH/e1/d1',
      deviceBirth(0, [{ alias: 1, datatype: TYPE.Int32, int: 5 }, ...AIR.slice(1)]),
    )
    expect(heard.reasons).toEqual(['bad-body name'])
    expect(heard.values).toEqual(['temperature=27.3', 'humidity=61.5'])
  })

  test('with one alias for two metrics is read by their names, and by that alias no more', () => {
    const twice = [AIR[0]!, { ...AIR[1]!, alias: 1 }]
    const host = new Host()
    host.hear('A/NBIRTH/e1', nodeBirth())
    const birth = host.hear('A/DBIRTH/e1/d1', deviceBirth(1, twice))
    expect(birth.values).toEqual(['co2=612', 'temperature=27.3'])
    expect(birth.letters).toMatchObject([
      {
        reason: 'bad-body',
        field: 'Air/Temperature',
        detail: expect.stringContaining('alias 1 stands for Air/CO2 and for'),
      },
    ])
    const heard = host.hear(
      'A/DDATA/e1/d1',
      data(2, [
        { alias: 1, int: 700 },
        { name: 'Air/CO2', int: 701 },
      ]),
    )
    expect(heard.values).toEqual(['co2=701'])
    expect(heard.reasons).toEqual(['no-birth alias 1'])
  })
})

describe('data', () => {
  test('by alias alone, without data types, is read by the birth', () => {
    const heard = spoken([
      { alias: 1, int: 655, timestamp: T + 1 },
      { alias: 2, float: 27.4, timestamp: T + 2 },
      { alias: 3, double: 62, timestamp: T + 3 },
    ])
    expect(heard.readings).toEqual([
      { name: 'A/e1/d1', metric: 'co2', value: 655, at: T + 1 },
      { name: 'A/e1/d1', metric: 'temperature', value: 27.4, at: T + 2 },
      { name: 'A/e1/d1', metric: 'humidity', value: 62, at: T + 3 },
    ])
    expect(heard.letters).toEqual([])
    expect(heard.commands).toEqual([])
  })

  test('by name is read by the birth too, and the birth says how its bits are meant', () => {
    const definition = [{ name: 'RSSI', datatype: TYPE.Int32, int: -70 }]
    expect(spoken([{ name: 'RSSI', int: 2 ** 32 - 80 }], definition).values).toEqual(['signal=-80'])
  })

  test('of an edge node itself has the name of the edge node', () => {
    const host = new Host()
    host.hear(
      'A/NBIRTH/e1',
      nodeBirth({ metrics: [{ name: 'Voltage', alias: 9, datatype: TYPE.Double, double: 221 }] }),
    )
    expect(host.hear('A/NDATA/e1', data(1, [{ alias: 9, double: 219.5 }])).readings).toEqual([
      { name: 'A/e1', metric: 'voltage', value: 219.5, at: T },
    ])
  })

  test('with a data type of its own is read by that', () => {
    expect(spoken([{ alias: 1, datatype: TYPE.Int64, long: 700 }]).values).toEqual(['co2=700'])
  })

  test('by an alias of 64 bits finds its metric', () => {
    const alias = 2n ** 64n - 1n
    expect(spoken([{ alias, int: 640 }], [{ ...AIR[0]!, alias }]).values).toEqual(['co2=640'])
  })

  test('without a birth waits, with the name of its device, and the edge node is asked for its births', () => {
    const heard = new Host().hear('A/DDATA/e1/d1', data(7, [{ alias: 3, double: 21.5 }]))
    expect(heard.batch.records).toEqual([])
    expect(heard.batch.letters).toMatchObject([
      {
        reason: 'no-birth',
        field: null,
        vendor: { format: 'sparkplug', name: 'A/e1/d1' },
        detail: 'no birth of A/e1/d1 is known',
      },
    ])
    expect(heard.commands).toEqual(['spBv1.0/A/NCMD/e1'])
  })

  test('by names or aliases that are not in the birth waits for the next one; the rest is read', () => {
    const heard = spoken([
      { alias: 1, int: 650 },
      { alias: 77, int: 1 },
      { name: 'Air/PM2.5', float: 12 },
    ])
    expect(heard.values).toEqual(['co2=650'])
    expect(heard.letters).toEqual([
      {
        reason: 'no-birth',
        field: null,
        detail: '2 metrics: not in the birth of its device: alias 77, Air/PM2.5',
      },
    ])
    expect(heard.batch.letters[0]!.vendor).toEqual({ format: 'sparkplug', name: 'A/e1/d1' })
    expect(heard.commands).toEqual(['spBv1.0/A/NCMD/e1'])
  })

  test('of a device that was not born in the present session of its edge node waits: its aliases may be others now', () => {
    const host = born()
    host.hear('A/NBIRTH/e1', nodeBirth({ bdSeq: 1 }))
    const early = host.hear('A/DDATA/e1/d1', data(1, [{ alias: 1, int: 650 }]))
    expect(early.values).toEqual([])
    expect(early.letters).toMatchObject([
      { reason: 'no-birth', detail: 'A/e1/d1 has not been born in the present session of A/e1' },
    ])
    host.hear('A/DBIRTH/e1/d1', deviceBirth(2, [{ ...AIR[2]!, alias: 1 }]))
    expect(host.hear('A/DDATA/e1/d1', data(3, [{ alias: 1, double: 55 }])).values).toEqual(['humidity=55'])
  })
})

describe('a value', () => {
  test.each([
    [
      'of more than 2^53',
      { alias: 1, datatype: TYPE.UInt64, long: 2n ** 60n },
      'more digits than are kept exactly',
    ],
    ['that is a text', { alias: 1, string: '612' }, 'it comes as string_value'],
    ['that is NaN', { alias: 2, float: Number.NaN }, 'a value is a number'],
    ['that is infinite', { alias: 3, double: Number.POSITIVE_INFINITY }, 'a value is a number'],
    ['too large for its type', { alias: 1, int: 70_000 }, '70000 is no UInt16'],
  ])(
    '%s is one dead letter with the name of its metric; the others are stored',
    (_what, metric, sentence) => {
      const rest = [
        { alias: 1, int: 650 },
        { alias: 2, float: 27.5 },
        { alias: 3, double: 60 },
      ].filter((one) => one.alias !== metric.alias)
      const heard = spoken([metric, ...rest])
      expect(heard.letters).toEqual([
        { reason: 'bad-body', field: AIR[metric.alias - 1]!.name, detail: expect.stringContaining(sentence) },
      ])
      expect(heard.values).toHaveLength(2)
    },
  )

  test('of a data set, template, file or array is ignored and counted, also in the middle of others', () => {
    const definition: MetricToWrite[] = [
      { name: 'Table', alias: 11, datatype: TYPE.DataSet, dataset: Buffer.from([0x08, 0x02]) },
      { name: 'Door', alias: 12, datatype: TYPE.Template, template: Buffer.from([0x28, 0x00]) },
      { name: 'Photo', alias: 13, datatype: TYPE.File, bytes: Buffer.from('jpeg') },
      { name: 'Spectrum', alias: 14, datatype: 30, bytes: Buffer.alloc(8) },
      ...AIR,
    ]
    const heard = spoken(
      [
        { alias: 11, dataset: Buffer.from([0x08, 0x02]) },
        { alias: 12, template: Buffer.from([0x28, 0x00]) },
        { alias: 1, int: 650 },
        { alias: 13, bytes: Buffer.from('jpeg') },
        { alias: 14, bytes: Buffer.alloc(8) },
      ],
      definition,
    )
    expect(heard.values).toEqual(['co2=650'])
    expect(heard.letters).toEqual([])
    expect(heard.ignored).toBe(4)
  })

  test('that its sender kept while its link was down is marked and never the latest', () => {
    const { records } = spoken([{ alias: 1, int: 650, historical: true, timestamp: T - 3_600_000 }]).batch
    expect(records).toMatchObject([{ value: 650, at: T - 3_600_000, marks: QUALITY.historical }])
  })

  test('that its sender calls transient is not kept', () => {
    const heard = spoken([{ alias: 1, int: 650, transient: true }])
    expect([heard.values, heard.letters, heard.ignored]).toEqual([[], [], 1])
  })

  test('that is missing in data is a dead letter: the sensor has none any more', () => {
    for (const gone of [{ alias: 1, isNull: true }, { alias: 1 }, { alias: 1, isNull: true, int: 0 }]) {
      expect(spoken([gone]).letters).toEqual([
        {
          reason: 'bad-quality',
          field: 'Air/CO2',
          detail: expect.stringContaining('not good: Air/CO2 (no value)'),
        },
      ])
    }
  })

  test('is refused when its quality is BAD, or none that is known; all of a message in one dead letter', () => {
    const quality = (code: number) => ({ Quality: { type: TYPE.Int32, int: code } })
    const heard = spoken([
      { alias: 1, int: 0, properties: quality(0) },
      { alias: 2, float: 27.5, properties: quality(192) },
      { alias: 3, double: 60, properties: quality(64) },
    ])
    expect(heard.values).toEqual(['temperature=27.5'])
    expect(heard.letters).toEqual([
      {
        reason: 'bad-quality',
        field: null,
        detail:
          '2 metrics: the device itself says that it is not good: Air/CO2 (quality 0), Air/Humidity (quality 64)',
      },
    ])
  })

  test('whose quality is said to be null is as good as one of which none is said', () => {
    const unsaid = { alias: 1, int: 650, properties: { Quality: { type: TYPE.Int32, isNull: true, int: 0 } } }
    expect(spoken([unsaid]).values).toEqual(['co2=650'])
  })

  test('whose quality is STALE is an earlier one: marked, and never the latest', () => {
    const stale = { alias: 1, int: 650, properties: { Quality: { type: TYPE.Int32, int: 500 } } }
    expect(spoken([stale]).batch.records).toMatchObject([{ value: 650, marks: QUALITY.historical }])
  })

  test('has the time of its metric, else of its message, else of its arrival', () => {
    const host = born()
    const heard = host.hear(
      'A/DDATA/e1/d1',
      data(
        2,
        [
          { alias: 1, int: 1, timestamp: T + 5 },
          { alias: 2, float: 2 },
        ],
        T + 9,
      ),
    )
    expect(heard.batch.records).toMatchObject([
      { at: T + 5, arrival: false },
      { at: T + 9, arrival: false },
    ])
    const bare = host.hear('A/DDATA/e1/d1', encodePayload({ seq: 3, metrics: [{ alias: 1, int: 1 }] }))
    expect(bare.batch.records).toMatchObject([{ at: NOW, arrival: true }])
  })

  test('of a time that no calendar has is a dead letter', () => {
    for (const timestamp of [2n ** 64n - 1n, 2n ** 53n - 1n]) {
      expect(spoken([{ alias: 1, int: 650, timestamp }]).reasons).toEqual(['bad-body Air/CO2'])
    }
  })
})

describe('a unit', () => {
  const withUnit = (key: string, unit: string): MetricToWrite[] => [
    {
      name: 'Temperature',
      alias: 1,
      datatype: TYPE.Float,
      float: 80.6,
      properties: { [key]: { type: TYPE.String, string: unit } },
    },
  ]
  test.each(['engUnit', 'EngUnits', 'unit', 'Units', 'Engineering Units', 'uom'])(
    'may be the property %s of the birth',
    (key) => {
      expect(spoken([{ alias: 1, float: 82.4 }], withUnit(key, '°F')).values).toEqual(['temperature=28'])
    },
  )

  test('in the data counts more than that of the birth', () => {
    const celsius = { engUnit: { type: TYPE.String, string: 'C' } }
    expect(spoken([{ alias: 1, float: 28.5, properties: celsius }], withUnit('unit', 'F')).values).toEqual([
      'temperature=28.5',
    ])
  })

  test('that is not one of the metric is a dead letter', () => {
    expect(spoken([{ alias: 1, float: 28 }], withUnit('unit', 'bar')).letters).toMatchObject([
      { reason: 'bad-body', field: 'Temperature', detail: expect.stringContaining('in the unit bar') },
    ])
  })

  test('of nothing, or that is no text, says nothing', () => {
    expect(spoken([{ alias: 1, float: 28 }], withUnit('unit', ' ')).values).toEqual(['temperature=28'])
    const odd = [{ ...AIR[0]!, properties: { unit: { int: 5 } } }]
    expect(spoken([{ alias: 1, int: 640 }], odd).values).toEqual(['co2=640'])
  })
})

describe('the name of a metric', () => {
  const room = (name: string, alias: number): MetricToWrite => ({
    name,
    alias,
    datatype: TYPE.Int32,
    int: 600 + alias,
  })

  test('is found by its last level', () => {
    expect(spoken([{ alias: 1, int: 650 }], [room('Building 2/Room 101/CO2', 1)]).values).toEqual(['co2=650'])
  })

  test('in the topic map counts before its last level', () => {
    const metrics = { 'Air/Humidity': 'humidity_ratio', 'Q-7': 'pm25' }
    const definition = [AIR[2]!, { name: 'Box/Q-7', alias: 4, datatype: TYPE.Double, double: 9 }]
    const heard = spoken(
      [
        { alias: 3, double: 0.01 },
        { alias: 4, double: 12 },
      ],
      definition,
      { metrics },
    )
    expect(heard.values).toEqual(['humidity_ratio=0.01', 'pm25=12'])
  })

  test('that means the same as another of its device is refused, both, at whatever time they come', () => {
    const rooms = [room('Room1/CO2', 1), room('Room2/CO2', 2)]
    const host = born({}, rooms)
    expect(host.hear('A/DDATA/e1/d1', data(2, [{ alias: 1, int: 650 }])).letters).toEqual([
      {
        reason: 'bad-body',
        field: 'Room1/CO2',
        detail: 'co2 is Room1/CO2 and Room2/CO2: the topic map can say which one counts',
      },
    ])
    expect(host.hear('A/DDATA/e1/d1', data(3, [{ alias: 2, int: 700 }])).reasons).toEqual([
      'bad-body Room2/CO2',
    ])
  })

  test('decides between two that mean the same where the topic map has it; the other is ignored', () => {
    const rooms = [room('Room1/CO2', 1), room('Room2/CO2', 2)]
    const heard = spoken(
      [
        { alias: 1, int: 650 },
        { alias: 2, int: 700 },
      ],
      rooms,
      { metrics: { 'Room2/CO2': 'co2' } },
    )
    expect([heard.values, heard.letters, heard.ignored]).toEqual([['co2=700'], [], 1])
  })

  test('that no metric is known for is a dead letter where it is a number: one a message, with all such names', () => {
    const definition = [...AIR, room('Radon', 8), room('Ozone', 9)]
    const heard = spoken(
      [
        { alias: 8, int: 1 },
        { alias: 1, int: 650 },
        { alias: 9, int: 2 },
      ],
      definition,
    )
    expect(heard.values).toEqual(['co2=650'])
    expect(heard.letters).toEqual([
      {
        reason: 'unknown-metric',
        field: null,
        detail: '2 metrics: no metric is known under this name: Radon, Ozone',
      },
    ])
  })
})

describe('one metric several times in a message', () => {
  test('is several readings when the times differ', () => {
    const heard = spoken([
      { alias: 1, int: 650, timestamp: T - 10 },
      { alias: 1, int: 655, timestamp: T },
    ])
    expect(heard.values).toEqual(['co2=650', 'co2=655'])
  })

  test('with two values at one time is a dead letter and not an overwrite; said twice it is said once', () => {
    const heard = spoken([
      { alias: 1, int: 650 },
      { alias: 1, int: 655 },
    ])
    expect(heard.values).toEqual(['co2=650'])
    expect(heard.letters).toEqual([
      { reason: 'bad-body', field: 'Air/CO2', detail: 'co2 has the values 650 and 655 at the same time' },
    ])
    expect(
      spoken([
        { alias: 1, int: 650 },
        { alias: 1, int: 650 },
      ]).letters,
    ).toEqual([])
  })
})

describe('a message that cannot be read', () => {
  const hear = (topic: string, payload: Buffer) => new Host().hear(topic, payload)
  test.each([
    ['bytes that are no payload', 'A/DDATA/e1/d1', Buffer.from('{"co2":612}'), 'bad-body'],
    ['a payload that is cut off', 'A/DDATA/e1/d1', encodePayload(data(1, AIR)).subarray(0, -1), 'bad-body'],
    [
      'a compressed payload',
      'A/DDATA/e1/d1',
      encodePayload({ uuid: 'SPBV1.0_COMPRESSED', body: Buffer.from('x') }),
      'bad-body',
    ],
    [
      'more metrics than a message may have',
      'A/DDATA/e1/d1',
      encodePayload({ metrics: Array.from({ length: 5_001 }, () => ({})) }),
      'too-large',
    ],
    ['a type of message that does not exist', 'A/XDATA/e1', Buffer.alloc(0), 'unknown-topic'],
    ['data of a device without its name', 'A/DDATA/e1', Buffer.alloc(0), 'unknown-topic'],
    ['data of an edge node with a device', 'A/NDATA/e1/d1', Buffer.alloc(0), 'unknown-topic'],
    ['a topic of too many levels', 'A/DDATA/e1/d1/x', Buffer.alloc(0), 'unknown-topic'],
    ['an empty level', 'A/DDATA//d1', Buffer.alloc(0), 'unknown-topic'],
    ['an empty device', 'A/DDATA/e1/', Buffer.alloc(0), 'unknown-topic'],
    ['a name too long to be registered', `A/DDATA/e1/${'d'.repeat(200)}`, Buffer.alloc(0), 'unknown-topic'],
  ])('is one dead letter: %s', (_what, topic, payload, reason) => {
    const heard = hear(topic, payload)
    expect(heard.reasons).toEqual([reason])
    expect([heard.batch.records, heard.batch.descriptions, heard.commands]).toEqual([[], [], []])
  })

  test('of a host application is none of ours: ignored and counted', () => {
    for (const topic of ['A/NCMD/e1', 'A/DCMD/e1/d1', 'STATE/scada', 'STATE']) {
      const heard = hear(topic, Buffer.from('{"online":true,"timestamp":1}'))
      expect([heard.letters, heard.batch.records, heard.ignored]).toEqual([[], [], 1])
    }
  })
})

test('what Eclipse Tahu writes is read from birth to death', () => {
  const tahu = JSON.parse(readFileSync(new URL('./tahu.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >
  const host = new Host()
  const hear = (topic: string, name: string) => host.hear(topic, Buffer.from(tahu[name]!, 'hex'))
  expect(hear('A/NBIRTH/e1', 'nbirth').values).toEqual(['power=1'])
  const birth = hear('A/DBIRTH/e1/d1', 'dbirth')
  expect(birth.values).toEqual(['co2=612', 'temperature=27.3', 'signal=-71', 'light=340', 'voltage=221.5'])
  expect([birth.letters, birth.ignored]).toEqual([[], 2])
  const heard = hear('A/DDATA/e1/d1', 'ddata')
  expect(heard.values).toEqual(['co2=655', 'signal=-80'])
  expect(heard.reasons).toEqual(['bad-quality Air/Temperature'])
  expect(hear('A/NDEATH/e1', 'ndeath').connections).toEqual(['A/e1/* offline'])
})

test('a message without any metric is counted as ignored', () => {
  const heard = born().hear('A/DDATA/e1/d1', data(2, []))
  expect([heard.letters, heard.ignored, heard.commands]).toEqual([[], 1, []])
})
