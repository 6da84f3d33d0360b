/**
 * Chance without state: every number depends on nothing but its keys, so that any moment of any school can be
 * computed by itself, twice with the same result. Keys are whole numbers.
 */

/** A key from a name, for what a number is about (32-bit FNV-1a). */
export function keyOf(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash
}

/** One key from several (the mixing steps of MurmurHash3). */
export function mix(...keys: number[]): number {
  let hash = 0x9e3779b9
  for (const key of keys) {
    hash = Math.imul(hash ^ key, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash
}

/** Evenly spread over [0, 1). */
export function uniform(...keys: number[]): number {
  return (mix(...keys) >>> 0) / 0x1_0000_0000
}

export function between(low: number, high: number, ...keys: number[]): number {
  return low + (high - low) * uniform(...keys)
}

/** Normal with mean 0 and standard deviation 1 (Box and Muller). */
export function normal(...keys: number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(...keys, 1)))
  return radius * Math.cos(2 * Math.PI * uniform(...keys, 2))
}

export function chance(probability: number, ...keys: number[]): boolean {
  return uniform(...keys) < probability
}

export function pick<T>(choices: readonly T[], ...keys: number[]): T {
  return choices[Math.floor(uniform(...keys) * choices.length)]!
}

/** How many of `trials` succeed. */
export function binomial(trials: number, probability: number, ...keys: number[]): number {
  const key = mix(...keys)
  let successes = 0
  for (let trial = 0; trial < trials; trial++) if (uniform(key, trial) < probability) successes++
  return successes
}

/** A curve through [-1, 1] that changes smoothly with x, over distances of about 1. */
export function smoothNoise(key: number, x: number): number {
  const left = Math.floor(x)
  const part = x - left
  const from = 2 * uniform(key, left) - 1
  const to = 2 * uniform(key, left + 1) - 1
  return from + (to - from) * part * part * (3 - 2 * part)
}
