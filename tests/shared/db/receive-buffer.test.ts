import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutAtBufferEnds } from '../../../shared/db/embedded/framing.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('a statement is answered whole, wherever its messages end in the buffer of the backend', async () => {
  // Parse and Bind together grow past one buffer; among 64 neighbouring lengths every message boundary meets its end.
  for (let length = 8192 - 110; length < 8192 - 46; length++) {
    const { rows } = await db.database.query('select length($1::text) as n', ['x'.repeat(length)])
    expect(rows).toEqual([{ n: length }])
  }
})

test('whole messages are cut only where one ends exactly with a full buffer', () => {
  const message = (type: string, bytes: number) => {
    const buffer = Buffer.alloc(bytes)
    buffer.write(type, 0, 'latin1')
    buffer.writeInt32BE(bytes - 1, 1)
    return buffer
  }
  const lengths = (...messages: Buffer[]) =>
    cutAtBufferEnds(Buffer.concat(messages)).map((part) => part.length)
  expect(lengths(message('B', 8192), message('E', 10), message('S', 5))).toEqual([8192, 15])
  expect(lengths(message('B', 8191), message('E', 10), message('S', 5))).toEqual([8206])
  expect(lengths(message('P', 8192), message('B', 16384), message('S', 5))).toEqual([8192, 16384, 5])
  expect(lengths(message('B', 8192 - 5), message('S', 5))).toEqual([8192])
})
