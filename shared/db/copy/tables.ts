/**
 * Every table that is copied from one database to another, in an order in which references already exist.
 * `along`: the time column a large table is copied along, in pieces; without it the table is small and goes whole.
 */
export interface CopiedTable {
  name: string
  along?: { column: string; piece: 'day' | 'month' }
  identity?: boolean
  /** Rows sent in one statement, where they may be so large that the usual number is too many. */
  page?: number
}

export const copiedTables: readonly CopiedTable[] = [
  { name: 'area', identity: true },
  { name: 'area_tree' },
  { name: 'area_edge' },
  { name: 'river_station' },
  { name: 'school', identity: true },
  { name: 'school_area' },
  { name: 'school_session' },
  { name: 'site', identity: true },
  { name: 'metric' },
  { name: 'device', identity: true },
  { name: 'device_credential' },
  { name: 'device_alias' },
  { name: 'device_description' },
  { name: 'calendar_entry', identity: true },
  { name: 'registry_version' },
  { name: 'installation' },
  { name: 'threshold', identity: true },
  { name: 'reading', along: { column: 'ts', piece: 'day' } },
  { name: 'device_seen' },
  { name: 'roll', along: { column: 'day', piece: 'day' } },
  { name: 'roll_current', along: { column: 'day', piece: 'day' } },
  { name: 'checkin', along: { column: 'ts', piece: 'day' } },
  { name: 'school_status', along: { column: 'since', piece: 'month' } },
  { name: 'school_status_current' },
  { name: 'device_connection', along: { column: 'ts', piece: 'day' } },
  { name: 'device_connection_current' },
  { name: 'dead_message', along: { column: 'received_at', piece: 'day' }, identity: true, page: 50 },
  { name: 'dead_letter', identity: true },
  { name: 'indicator_sum', along: { column: 'day', piece: 'day' } },
  { name: 'indicator_value', along: { column: 'at', piece: 'day' } },
  { name: 'event', along: { column: 'at', piece: 'month' }, identity: true },
  { name: 'broker_session' },
  { name: 'broker_drops' },
]

/** Not copied: the schema's own book-keeping, and what the server makes again from the rows by itself. */
export const leftOut = [
  'schema_migration',
  'journal',
  'engine_position',
  'room_co2_day',
  'maintenance_lease',
  'ingest_worker',
] as const
