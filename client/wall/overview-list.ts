/** The tiles of the overview, in order; of a screen read from afar the first six remain. */
export const KPI_TILES = [
  'attendance-rate',
  'roll-completeness',
  'schools-open',
  'late-rate',
  'co2-good-share',
  'power-availability',
  'internet-availability',
  'device-online-rate',
] as const
export const KPI_TILES_HALF = 6

/** The row of environment and water. */
export const ENVIRONMENT_TILES = ['flood-alarm-level', 'yard-water-depth', 'co2-rooms-over'] as const

/** What the map can show, chosen by the keys 1 to 9. */
export const MAP_INDICATORS = [
  'attendance-rate',
  'roll-completeness',
  'schools-open',
  'absence-unexcused-rate',
  'late-rate',
  'co2-good-share',
  'power-availability',
  'internet-availability',
  'device-online-rate',
] as const

export const SHOWN_EVENTS = 6
