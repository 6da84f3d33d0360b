import { expect, test } from 'vitest'
import { hashSecret, verifySecret } from '../../../shared/node/secret.ts'

test('a secret is known again by its hash, and no other secret is', async () => {
  const hash = await hashSecret('mật khẩu của cảm biến')
  expect(await verifySecret('mật khẩu của cảm biến', hash)).toBe(true)
  expect(await verifySecret('mat khau cua cam bien', hash)).toBe(false)
  expect(await verifySecret('', hash)).toBe(false)
})

test('a hash holds neither the secret nor the same salt twice', async () => {
  const [one, two] = await Promise.all([hashSecret('a secret'), hashSecret('a secret')])
  expect(one).not.toBe(two)
  expect(one).not.toContain('a secret')
  expect(one).toMatch(/^scrypt\$16384\$8\$1\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$/)
})

test.each([[''], ['plain'], ['bcrypt$1$2$3$4$5'], ['scrypt$16384$8$1$$']])(
  'a hash of another form (%s) matches nothing',
  async (hash) => {
    expect(await verifySecret('plain', hash)).toBe(false)
  },
)
