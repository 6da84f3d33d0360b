import { expect, test } from 'vitest'
import { z } from 'zod'
import { flag, port, readConfig } from '../../../shared/node/config.ts'
import { IocError } from '../../../shared/node/errors.ts'

const Settings = z.object({ PORT: port(3000), DEMO: flag(true), NAME: z.string().min(1).optional() })

test('unset and empty variables take their defaults, unknown ones are left alone', () => {
  expect(readConfig(Settings, { PORT: '', HOME: '/nowhere' })).toEqual({ PORT: 3000, DEMO: true })
})

test('every bad variable is named together with its value', () => {
  let thrown: unknown
  try {
    readConfig(Settings, { PORT: '99999', DEMO: 'yes' })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(IocError)
  expect((thrown as IocError).code).toBe('bad-setting')
  expect((thrown as IocError).message).toContain('PORT="99999"')
  expect((thrown as IocError).message).toContain('DEMO="yes"')
})
