/** What the embedded database says before the first query. There is one local user and no password: the listener is on loopback. */

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function parameter(name: string, value: string): Buffer {
  return message('S', Buffer.from(`${name}\0${value}\0`))
}

/** AuthenticationOk, the parameters drivers look at, and ReadyForQuery. */
export function greeting(processId: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeInt32BE(processId, 0)
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    parameter('server_version', '17.5'),
    parameter('server_encoding', 'UTF8'),
    parameter('client_encoding', 'UTF8'),
    parameter('DateStyle', 'ISO, MDY'),
    parameter('TimeZone', 'UTC'),
    parameter('integer_datetimes', 'on'),
    parameter('standard_conforming_strings', 'on'),
    message('K', key),
    message('Z', Buffer.from('I')),
  ])
}

/** A fatal ErrorResponse with an SQLSTATE, for the cases in which the bridge itself has to refuse. */
export function fatal(code: string, sentence: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${sentence}\0\0`))
}
