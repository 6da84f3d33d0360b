/**
 * The catalogue of everything this product refuses or fails with: a code for machines, a sentence for people
 * (what happened and what to do), an HTTP status, and an exit code where a program ends by it.
 */
export const errorCatalogue = {
  'bad-setting': {
    status: 500,
    exit: 64,
    sentence:
      'A setting is wrong: {problems}. Correct it in the environment; docs/operate.md lists all settings.',
  },
  'port-taken': {
    status: 500,
    exit: 69,
    sentence:
      'Port {port} on {host} is taken by another program: stop that one, or set {setting} to a free port.',
  },
  'folder-unwritable': {
    status: 500,
    exit: 73,
    sentence:
      'The data folder {folder} cannot be written ({why}): give this user the right to write there, or set DATA_DIR to another folder.',
  },
  'disk-full': {
    status: 500,
    exit: 74,
    sentence:
      'The disk of the data folder {folder} is full ({free} MiB free, {needed} needed): free space on it. What was acknowledged is stored; messages wait with their senders.',
  },
  'already-running': {
    status: 500,
    exit: 75,
    sentence:
      'Another copy (process {pid}) is running on {folder}: stop it first, or set DATA_DIR to another folder.',
  },
  'database-unreachable': {
    status: 503,
    exit: 69,
    sentence: 'The database at {target} does not answer ({why}): start it, or correct DATABASE_URL.',
  },
  'timescale-missing': {
    status: 500,
    exit: 78,
    sentence:
      'The database at {target} has no TimescaleDB extension: install TimescaleDB {minimum} or newer there.',
  },
  'timescale-old': {
    status: 500,
    exit: 78,
    sentence:
      'The database at {target} has TimescaleDB {found}, older than {minimum}: upgrade the extension (alter extension timescaledb update).',
  },
  'schema-newer': {
    status: 500,
    exit: 78,
    sentence:
      'The database has schema {found}, newer than {known}, which this program knows: start a newer version of this program.',
  },
  'schema-changed': {
    status: 500,
    exit: 78,
    sentence:
      'Migration {name} in the database is not the one in this program: restore the program version that made this database.',
  },
  'broker-unreachable': {
    status: 503,
    exit: 69,
    sentence: 'The MQTT broker at {target} does not answer ({why}): start it, or correct MQTT_URL.',
  },
  'demo-data': {
    status: 500,
    exit: 78,
    sentence:
      'DEMO=0, but this database holds {count} simulated schools: set DATA_DIR or DATABASE_URL to another one, or DEMO=1.',
  },
  'demo-differs': {
    status: 500,
    exit: 78,
    sentence:
      'This database was set up for a demonstration with {was}, not {wanted}: use those settings again, or another DATA_DIR.',
  },
  'real-data': {
    status: 500,
    exit: 78,
    sentence:
      'DEMO=1, but this database holds {count} real schools and none simulated: set DEMO=0 so that none are added.',
  },
  'bad-arguments': { status: 500, exit: 64, sentence: '{problem}. Usage: {usage}' },
  'file-unreadable': {
    status: 500,
    exit: 66,
    sentence:
      'The file {file} cannot be read ({why}): check its name and rights, and that it is a table of text.',
  },
  'file-unwritable': {
    status: 500,
    exit: 73,
    sentence:
      'The file {file} cannot be written ({why}): give this user the right to write there, or name another.',
  },
  'copy-target-used': {
    status: 500,
    exit: 78,
    sentence: 'The database {target} already holds schools: copy into an empty one.',
  },
  'copy-differs': {
    status: 500,
    exit: 70,
    sentence:
      'Of table {table} {copied} rows were copied but {found} are there: was a program still running? Empty the target and copy again.',
  },
  'simulator-absent': {
    status: 500,
    exit: 69,
    sentence:
      'No simulator answers in the data folder {folder}: start the system with DEMO=1, or set DATA_DIR to the folder it runs on.',
  },
  'bad-request': { status: 400, exit: 1, sentence: 'The request is not understood: {summary}.' },
  'bad-body': { status: 422, exit: 1, sentence: 'The message is not understood: {summary}.' },
  'not-found': { status: 404, exit: 1, sentence: 'There is no {what} {value}.' },
  'too-large': {
    status: 413,
    exit: 1,
    sentence: 'The message is larger than {limit} bytes: send it in parts.',
  },
  'media-type': {
    status: 415,
    exit: 1,
    sentence: 'The body must be JSON: send it with the header content-type: application/json.',
  },
  'bad-signature': {
    status: 401,
    exit: 1,
    sentence: 'The hash of the push is wrong; it is {how}: compare {setting} here with the sender.',
  },
  'push-off': {
    status: 503,
    exit: 1,
    sentence:
      'Pushes of {what} are off: set {setting} in the environment of the ingest program and start it again.',
  },
  busy: {
    status: 503,
    exit: 1,
    sentence: 'The store cannot keep up at the moment: send the message again in {seconds} seconds.',
  },
  unavailable: {
    status: 503,
    exit: 1,
    sentence: 'The database cannot be reached at the moment: try again in {seconds} seconds.',
  },
  'database-full': {
    status: 503,
    exit: 1,
    sentence:
      'The disk of the database at {target} is full: free space on it. Until then messages are held unacknowledged; nothing is lost.',
  },
  internal: {
    status: 500,
    exit: 70,
    sentence: 'Something failed inside; the log has the details under {reference}.',
  },
} as const

export type ErrorCode = keyof typeof errorCatalogue

export interface Problem {
  field: string
  value: string
  remedy: string
}

/** An expected failure, with a code from the catalogue. Its message is fit for the person who caused it. */
export class IocError extends Error {
  readonly code: ErrorCode
  readonly problems: Problem[] | undefined

  constructor(
    code: ErrorCode,
    params: Record<string, string | number> = {},
    options: { cause?: unknown; problems?: Problem[] } = {},
  ) {
    super(
      errorCatalogue[code].sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? '')),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'IocError'
    this.code = code
    this.problems = options.problems
  }

  get status(): number {
    return errorCatalogue[this.code].status
  }

  get exit(): number {
    return errorCatalogue[this.code].exit
  }
}

/** Whatever was thrown, as an Error. */
export function coerceError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The system's code of an error (EADDRINUSE, ENOSPC, 40P01 …), where it has one. */
export function errorCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
