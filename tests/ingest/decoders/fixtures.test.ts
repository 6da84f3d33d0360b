import { describe, expect, test } from 'vitest'
import { carried, readFixtures } from './fixture.ts'

const fixtures = readFixtures()

/** Every trap of a format is a file: a message, and what it must become. */
describe.each([...new Set(fixtures.map(({ format }) => format))])('%s', (format) => {
  const own = fixtures.filter((one) => one.format === format)
  test.each(own.map(({ fixture, name }) => [fixture.title, name, fixture] as const))(
    '%s (%s)',
    async (_title, _name, fixture) => {
      expect(await carried(fixture)).toEqual(fixture.becomes)
    },
  )
})
