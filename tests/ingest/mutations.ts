import { mix } from '../../ingest/simulator/random.ts'
import { NOW, roll } from './messages.ts'

/** Random bytes a million at a time: sound messages of every kind, cut, doubled, spliced and broken, from a seed. */

/** Sound messages of every kind; those of another `n` speak of another moment, class and passage. */
const sound: readonly (readonly [string, (n: number) => string])[] = [
  ['ioc/v1/TH-01/telemetry/room-1', (n) => `{"ts":${NOW - n},"values":{"co2":612,"temperature":27.3}}`],
  ['ioc/v1/TH-01/telemetry/room-1', () => '{"humidity":61.5,"noise":47,"power":true}'],
  [
    'ioc/v1/TH-01/telemetry/room-1',
    (n) =>
      `[{"ts":${NOW - n},"values":{"co2":618}},{"ts":"2026-11-23T07:31:00+07:00","values":{"light":340}}]`,
  ],
  ['ioc/v1/TH-01/attendance', (n) => JSON.stringify(roll({ class: `${n}A` }))],
  [
    'ioc/v1/TH-01/attendance',
    (n) => JSON.stringify([roll(), roll({ class: `Lá ${n}`, session: 'afternoon' })]),
  ],
  ['ioc/v1/TH-01/checkin', (n) => `{"id":"c-${n}","ts":${NOW - 1_000},"direction":"in","gate":"Cổng chính"}`],
  ['ioc/v1/TH-01/status', (n) => `{"open":false,"reason":"Nghỉ tránh bão","since":${NOW - n}}`],
  ['ioc/v1/TH-01/devices/room-1/state', () => '{"online":true}'],
]
const tokens = [
  ...[
    'NaN',
    '-Infinity',
    '1e999',
    '-',
    '0',
    '.5',
    '9007199254740993',
    '1e-7',
    'null',
    'true',
    '{}',
    '[]',
    '""',
  ],
  ...[
    '"__proto__":',
    '"constructor":',
    '"ts":',
    '"values":',
    '{"',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '\\u0000',
    '\\ud800',
  ],
  ...['\0', '\n', '\uFEFF', 'Ễ', '"co2":1,', '"2026-02-30"', '"2026-11-23T07:00:00"', '1793000000', '"in"'],
].map((token) => Buffer.from(token))
const SCRATCH = Buffer.alloc(4_096)

export interface Mutation {
  topic: string
  payload: Buffer
}

/** The n-th payload of a seed. */
export function mutation(seed: number, n: number): Mutation {
  let state = mix(seed, n)
  const upTo = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) % most
  }
  const [topic, textOf] = sound[upTo(sound.length)]!
  let length = SCRATCH.write(textOf(n))
  for (let times = upTo(3); times > 0; times--) {
    const at = upTo(length + 1)
    const size = Math.min(upTo(12), length - at)
    switch (upTo(5)) {
      case 0: // other characters, seldom none
        for (let i = at; i < at + size; i++) SCRATCH[i] = upTo(20) === 0 ? upTo(256) : 32 + upTo(95)
        break
      case 1: // left out
        SCRATCH.copyWithin(at, at + size, length)
        length -= size
        break
      case 2: // said twice
        SCRATCH.copyWithin(at + size, at, length)
        length += size
        break
      case 3: // cut off
        if (upTo(4) === 0) length = at
        break
      default: {
        const token = tokens[upTo(tokens.length)]!
        SCRATCH.copyWithin(at + token.length, at, length)
        token.copy(SCRATCH, at)
        length += token.length
      }
    }
  }
  // Now and then under the topic of another kind, or under none of the protocol's.
  const other = upTo(12)
  const under =
    other === 0 ? sound[upTo(sound.length)]![0] : other === 1 ? topic.slice(0, upTo(topic.length)) : topic
  return { topic: under, payload: Buffer.from(SCRATCH.subarray(0, length)) }
}
