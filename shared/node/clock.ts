/** Time is injected everywhere, so that a test can play a school day in a second. Milliseconds since 1970, UTC. */
export interface Clock {
  now(): number
}

export const realClock: Clock = { now: () => Date.now() }

/** A clock that shows `shown` at the real moment `real` and runs `speed` times as fast from there. */
export interface ClockSetting {
  real: number
  shown: number
  speed: number
}

export const REAL_TIME: ClockSetting = { real: 0, shown: 0, speed: 1 }

export function isSimulated(setting: ClockSetting): boolean {
  return setting.speed !== 1 || setting.real !== setting.shown
}

export function createClock(setting: ClockSetting, base: Clock = realClock): Clock {
  return { now: () => setting.shown + (base.now() - setting.real) * setting.speed }
}

/** All programs of one standalone start share a clock through IOC_CLOCK: `real:shown:speed`, in milliseconds. */
export function formatClock(setting: ClockSetting): string {
  return `${setting.real}:${setting.shown}:${setting.speed}`
}

/** @throws RangeError when the text is not of the form. */
export function parseClock(text: string): ClockSetting {
  const [real, shown, speed, ...rest] = text.split(':').map(Number)
  if (rest.length > 0 || ![real, shown, speed].every(Number.isFinite) || !(speed! > 0)) {
    throw new RangeError('IOC_CLOCK is real:shown:speed, in milliseconds, speed over 0')
  }
  return { real: real!, shown: shown!, speed: speed! }
}
