import { setTimeout as delay } from 'node:timers/promises'
import type { Packet } from 'mqtt-packet'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Intake, Message } from '../../ingest/message.ts'
import { type SessionMemory, Source } from '../../ingest/source.ts'
import type { Logger } from '../../shared/node/log.ts'
import { silentLog } from '../helpers/database.ts'
import { type FakeBrokerOptions, startFakeBroker } from './fake-broker.ts'

const STORED = { stored: 1, duplicate: 0, rejected: [] }

/** An intake whose messages a test settles by hand. */
class HandIntake implements Intake {
  readonly taken: Message[] = []
  room = Number.POSITIVE_INFINITY
  #resumes: (() => void)[] = []

  offer(message: Message): boolean {
    if (this.taken.length >= this.room) return false
    this.taken.push(message)
    return true
  }
  whenRoom(resume: () => void): void {
    this.#resumes.push(resume)
  }
  drained(): Promise<void> {
    return Promise.resolve()
  }
  widen(room: number): void {
    this.room = room
    for (const resume of this.#resumes.splice(0)) resume()
  }
}

/** What a session had at the broker before, kept by the test. */
class HandMemory implements SessionMemory {
  filters: readonly string[]
  readonly said: string[] = []

  constructor(filters: readonly string[]) {
    this.filters = filters
  }
  opened(sessionPresent: boolean): void {
    this.said.push(`opened ${sessionPresent}`)
  }
  async expect(filters: readonly string[]): Promise<void> {
    this.filters = filters
    this.said.push(`expect ${filters}`)
  }
  settle(filters: readonly string[]): void {
    this.filters = filters
    this.said.push(`settle ${filters}`)
  }
}

interface StartOptions extends FakeBrokerOptions {
  url?(address: string): string
  filters?: string[]
  memory?: HandMemory
  mayConnect?(): boolean
  log?: Logger
}

async function start(options: StartOptions = {}) {
  const broker = await startFakeBroker(options)
  const intake = new HandIntake()
  const memory = options.memory ?? new HandMemory([])
  const source = new Source({
    address: {
      url: options.url?.(broker.url) ?? broker.url,
      username: undefined,
      password: undefined,
      tlsFiles: { ca: undefined, cert: undefined, key: undefined },
    },
    clientId: 'ioc-ingest',
    filters: options.filters ?? ['ioc/v1/#'],
    memory,
    receiveMaximum: 500,
    mayConnect: options.mayConnect ?? (() => true),
    onChange: () => {},
    intake,
    clock: { now: () => 1 },
    log: options.log ?? silentLog,
  })
  source.start()
  onTestFinished(async () => {
    await source.stop(0)
    await broker.close()
  })
  return { broker, intake, source, memory }
}

const publish = (messageId: number, more: object = {}): Packet => ({
  cmd: 'publish',
  topic: 'ioc/v1/TH-01/telemetry/room-1',
  payload: Buffer.from(`${messageId}`),
  qos: 1,
  messageId,
  retain: false,
  dup: false,
  ...more,
})
const acks = (received: Packet[], cmd = 'puback') =>
  received.filter((packet) => packet.cmd === cmd).map((packet) => packet.messageId)

test('the session has a fixed name, outlives connections and limits what is under way', async () => {
  const { broker, source } = await start()
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(broker.connects[0]).toMatchObject({
    clientId: 'ioc-ingest',
    clean: false,
    protocolVersion: 5,
    properties: { receiveMaximum: 500, sessionExpiryInterval: 604_800 },
  })
  expect(broker.received[0]).toMatchObject({
    cmd: 'subscribe',
    subscriptions: [{ topic: 'ioc/v1/#', qos: 1, rh: 1 }],
  })
})

test('acknowledgements wait for the commit, go out together, and in the order of the messages', async () => {
  const { broker, intake, source } = await start()
  await vi.waitFor(() => expect(source.connected).toBe(true))
  for (let id = 1; id <= 200; id++) broker.send(publish(id))
  await vi.waitFor(() => expect(intake.taken).toHaveLength(200))
  await delay(50)
  expect(acks(broker.received)).toEqual([])
  expect(source.unacknowledged).toBe(200)
  // Settled out of order: the first one holds all others back.
  for (const message of intake.taken.slice(1).reverse()) message.settle(STORED)
  await delay(50)
  expect(acks(broker.received)).toEqual([])
  intake.taken[0]!.settle(STORED)
  await vi.waitFor(() =>
    expect(acks(broker.received)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1)),
  )
})

test('a message at QoS 2 ends with both halves of its handshake, one at QoS 0 with none', async () => {
  const { broker, intake, source } = await start()
  await vi.waitFor(() => expect(source.connected).toBe(true))
  broker.send(publish(7, { qos: 2 }))
  broker.send(publish(0, { qos: 0, retain: true }))
  await vi.waitFor(() => expect(intake.taken).toHaveLength(2))
  expect(intake.taken.map(({ qos, retained }) => ({ qos, retained }))).toEqual([
    { qos: 2, retained: false },
    { qos: 0, retained: true },
  ])
  for (const message of intake.taken) message.settle(STORED)
  await vi.waitFor(() => expect(acks(broker.received, 'pubrec')).toEqual([7]))
  broker.send({ cmd: 'pubrel', messageId: 7, reasonCode: 0 })
  await vi.waitFor(() => expect(acks(broker.received, 'pubcomp')).toEqual([7]))
  expect(acks(broker.received)).toEqual([])
})

test('with no room the socket is not read; nothing is lost when there is room again', async () => {
  const { broker, intake, source } = await start()
  await vi.waitFor(() => expect(source.connected).toBe(true))
  intake.room = 3
  for (let id = 1; id <= 100; id++) broker.send(publish(id))
  await delay(100)
  expect(intake.taken).toHaveLength(3)
  intake.widen(50)
  await vi.waitFor(() => expect(intake.taken).toHaveLength(50))
  intake.widen(1000)
  await vi.waitFor(() => expect(intake.taken).toHaveLength(100))
  expect(intake.taken.map((message) => message.payload.toString())).toEqual(
    Array.from({ length: 100 }, (_, at) => `${at + 1}`),
  )
})

test('after a lost connection it comes back, subscribes again, and does not acknowledge on the new one what came on the old', async () => {
  const { broker, intake, source } = await start()
  await vi.waitFor(() => expect(source.connected).toBe(true))
  broker.send(publish(1))
  await vi.waitFor(() => expect(intake.taken).toHaveLength(1))
  broker.dropClient()
  await vi.waitFor(() => expect(broker.connects).toHaveLength(2))
  await vi.waitFor(() => expect(source.connected).toBe(true))
  intake.taken[0]!.settle(STORED)
  broker.send(publish(9))
  await vi.waitFor(() => expect(intake.taken).toHaveLength(2))
  intake.taken[1]!.settle(STORED)
  await vi.waitFor(() => expect(acks(broker.received)).toEqual([9]))
  expect(broker.received.filter((packet) => packet.cmd === 'subscribe')).toHaveLength(2)
})

test.each([
  ['says so', { cmd: 'connack', sessionPresent: false, returnCode: 1 } as Packet],
  ['closes without a word', undefined],
])('a broker that knows only MQTT 3.1.1 and %s is spoken to in 3.1.1', async (_how, refusal) => {
  const { broker, source } = await start({
    connack: (packet) =>
      packet.protocolVersion === 5 ? refusal : { cmd: 'connack', sessionPresent: false, returnCode: 0 },
  })
  await vi.waitFor(() => expect(source.connected).toBe(true), 3_000)
  expect(broker.connects.map((packet) => packet.protocolVersion)).toEqual([5, 4])
})

test('a broker that is not there yet is tried again, in the same version', async () => {
  const broker = await startFakeBroker()
  await broker.close()
  const { source } = await start({ url: () => broker.url })
  await delay(400)
  expect(source.connected).toBe(false)
})

test('name and password may stand in the address', async () => {
  const { broker, source } = await start({ url: (address) => address.replace('//', '//so:m%C3%A3@') })
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(broker.connects[0]!.username).toBe('so')
  expect(String(broker.connects[0]!.password)).toBe('mã')
})

test('messages that come in one piece with the CONNACK are acknowledged too', async () => {
  const { broker, intake, source } = await start({ behindConnack: [publish(1), publish(2)] })
  await vi.waitFor(() => expect(intake.taken).toHaveLength(2))
  for (const message of intake.taken) message.settle(STORED)
  await vi.waitFor(() => expect(acks(broker.received)).toEqual([1, 2]))
  expect(source.unacknowledged).toBe(0)
})

const KEPT: FakeBrokerOptions = {
  connack: () => ({ cmd: 'connack', sessionPresent: true, reasonCode: 0 }),
}
const sent = (received: Packet[]) =>
  received.flatMap((packet) =>
    packet.cmd === 'subscribe'
      ? packet.subscriptions.map(({ topic }) => `+${topic}`)
      : packet.cmd === 'unsubscribe'
        ? packet.unsubscriptions.map((topic) => `-${topic}`)
        : [],
  )

test('a session kept by the broker loses filters that are no longer wanted, and gets new ones after they are remembered', async () => {
  const memory = new HandMemory(['ioc/v1/#', 'old/#'])
  const { broker, source } = await start({ ...KEPT, memory, filters: ['ioc/v1/#', 'spBv1.0/#'] })
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(sent(broker.received)).toEqual(['-old/#', '+ioc/v1/#', '+spBv1.0/#'])
  expect(memory.said).toEqual(['opened true', 'expect ioc/v1/#,old/#,spBv1.0/#', 'settle ioc/v1/#,spBv1.0/#'])
})

test('a filter that cannot be remembered is not subscribed', async () => {
  const memory = new HandMemory([])
  memory.expect = () => Promise.reject(new Error('the database is away'))
  const { broker, source } = await start({ memory })
  await vi.waitFor(() => expect(broker.connects.length).toBeGreaterThan(1), 3_000)
  expect(sent(broker.received)).toEqual([])
  expect(source.connected).toBe(false)
  expect(source.state.failure?.params['why']).toBe('filters not remembered: the database is away')
})

test('a filter that the broker refuses is named; the others go on', async () => {
  const grant = (filters: string[]) => filters.map((filter) => (filter === 'secret/#' ? 135 : 1))
  const { source } = await start({ grant, filters: ['ioc/v1/#', 'secret/#'] })
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(source.state).toMatchObject({ refused: ['secret/#'], lowered: [], failure: undefined })
})

test('with every filter refused there is a connection but nothing to come: not connected, said once', async () => {
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => logged.push(JSON.parse(line).code) })
  const { broker, source } = await start({ grant: () => [135], log })
  await vi.waitFor(() => expect(source.state.failure?.code).toBe('subscription-refused'))
  await delay(600)
  expect(source.connected).toBe(false)
  expect(broker.connects).toHaveLength(1)
  expect(logged).toEqual(['subscription-refused'])
})

test('a filter granted at QoS 0 only is named', async () => {
  const { source } = await start({ grant: () => [0] })
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(source.state.lowered).toEqual(['ioc/v1/#'])
})

test('what the probe of the queue publishes is acknowledged and is no message', async () => {
  const { broker, intake, source } = await start({ filters: ['#'] })
  await vi.waitFor(() => expect(source.connected).toBe(true))
  broker.send(publish(5, { topic: 'ioc/probe/0a1b2c' }))
  await vi.waitFor(() => expect(acks(broker.received)).toEqual([5]))
  expect(intake.taken).toEqual([])
})

test('a command goes out at QoS 0 while connected, and nowhere otherwise', async () => {
  const { broker, source } = await start()
  expect(source.publish('spBv1.0/g/NCMD/e', Buffer.from('rebirth'))).toBe(false)
  await vi.waitFor(() => expect(source.connected).toBe(true))
  expect(source.publish('spBv1.0/g/NCMD/e', Buffer.from('rebirth'))).toBe(true)
  await vi.waitFor(() =>
    expect(broker.received.at(-1)).toMatchObject({ cmd: 'publish', topic: 'spBv1.0/g/NCMD/e', qos: 0 }),
  )
})

test('without the right to connect it waits', async () => {
  let allowed = false
  const { broker, source } = await start({ mayConnect: () => allowed })
  await delay(400)
  expect(broker.connects).toEqual([])
  allowed = true
  await vi.waitFor(() => expect(source.connected).toBe(true), 5_000)
})

test('the same failure is one line in the log, however many attempts there are', async () => {
  const logged: { code: string; msg: string }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const { broker } = await start({
    log,
    connack: () => ({ cmd: 'connack', sessionPresent: false, reasonCode: 134 }),
  })
  await vi.waitFor(() => expect(broker.connects.length).toBeGreaterThan(2), 5_000)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatchObject({
    code: 'broker-refuses',
    msg: expect.stringContaining('wrong user name or password): correct MQTT_USERNAME'),
  })
})
