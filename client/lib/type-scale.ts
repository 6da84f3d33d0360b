/**
 * Letter sizes from viewing distance. NUREG-0700 r3 asks for letters of 16 minutes of arc at the furthest viewer
 * of a group display; the furthest viewer of critical content stands at most four picture heights away.
 */
const SMALLEST_ARC_MINUTES = 16
/** Capital height of IBM Plex Sans, the lower of the two families used (Be Vietnam Pro: 0.74). */
const CAPITAL_HEIGHT = 0.698

export const defaultDistance = 4
export const defaultHeight = 1

/** The smallest font size allowed, as a share of the picture height in percent (vh). */
export function floorVh(distance: number, height: number): number {
  const halfAngle = (SMALLEST_ARC_MINUTES / 60 / 2) * (Math.PI / 180)
  return (100 * (distance / height) * 2 * Math.tan(halfAngle)) / CAPITAL_HEIGHT
}

/** The furthest distance, in picture heights, that the layouts are drawn for. */
const FURTHEST = 6

export interface TypeScale {
  /** Factor on every letter size; 1 at four picture heights and nearer. */
  factor: number
  /** A screen read from further away holds half as much. */
  density: 'full' | 'half'
}

/** Letters grow with distance from four heights on; nearer viewers get what four heights need. */
export function typeScale(distance: number, height: number): TypeScale {
  const factor = Math.min(FURTHEST / defaultDistance, Math.max(1, distance / height / defaultDistance))
  return { factor, density: factor > 1 ? 'half' : 'full' }
}
