import type { ClockReport } from '../../shared/contract/live.ts'

/** Relates this machine's clock to the one the province is shown at. */
export interface ShownClock {
  report: ClockReport
  /** Server's real time minus this machine's, in milliseconds, as of the last beat. */
  skewMs: number
}

/** The moment the province is shown at when this machine's clock says `now`. */
export function shownAt(clock: ShownClock, now: number): number {
  const { anchorReal, anchorShown, speed } = clock.report
  return anchorShown + (now + clock.skewMs - anchorReal) * speed
}

/**
 * The clock after a beat, which carries the shown moment it was sent at. A kiosk's own clock may be minutes wrong;
 * the server's is the one to trust, so what they differ by is taken from each beat.
 */
export function afterBeat(report: ClockReport, shownMoment: number, receivedAt: number): ShownClock {
  const serverReal = report.anchorReal + (shownMoment - report.anchorShown) / report.speed
  return { report, skewMs: serverReal - receivedAt }
}
