import { MOST_PAYLOAD_BYTES } from '../../stages/decode.ts'

/**
 * What a terminal is told when it starts (ZKTeco, Attendance PUSH): its own place in its records as it gave it last,
 * to send attendance records and nothing else, at once, and which zone to set its clock to. Older firmware knows the
 * stamp as Stamp, newer as ATTLOGStamp; without one it sends all it has.
 * @param zone such as +07:00
 */
export function optionsFor(terminal: string, stamp: string | undefined, zone: string): string {
  return [
    `GET OPTION FROM: ${terminal}`,
    `Stamp=${stamp ?? '0'}`,
    `ATTLOGStamp=${stamp ?? 'None'}`,
    'ErrorDelay=60',
    'Delay=30',
    'TransTimes=00:00;12:00',
    'TransInterval=1',
    'TransFlag=TransData AttLog',
    'Realtime=1',
    'Encrypt=None',
    `TimeZone=${timeZoneOf(zone)}`,
    `MaxPostSize=${MOST_PAYLOAD_BYTES}`,
    'ServerVer=2.4.1',
    'PushProtVer=2.4.1',
    '',
  ].join('\n')
}

/** Whole hours, or else minutes. */
function timeZoneOf(zone: string): number {
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number]
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (minutes === 0 ? hours : hours * 60 + minutes)
}
