import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Cost of scrypt: 16 MiB and about 50 ms a guess on a small server. Kept with each hash, so it can be raised. */
const COST = { N: 16_384, r: 8, p: 1 }
const KEY_BYTES = 32

/** Hashes a secret for keeping: `scrypt$N$r$p$salt$key`, salt and key in base64. The secret itself is never kept. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(secret, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Whether a secret is the one hashed. A hash of another form never matches. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  const [name, N, r, p, salt, key] = hash.split('$')
  if (name !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64')
  const found = await derive(secret, Buffer.from(salt, 'base64'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return found.length === expected.length && timingSafeEqual(found, expected)
}

function derive(secret: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
