import type {
  DeadLetter,
  DeadLetterCount,
  DeadMessage,
  DeadMessageDetail,
  WaitingDevice,
} from '../../shared/contract/dead-letter.ts'
import { PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'

/** What the command says on a terminal: tables of aligned columns, and one message in full. */
export function printCounts(counts: readonly DeadLetterCount[], total: number): string {
  if (counts.length === 0) return 'Không có tin lỗi nào (there are no dead letters).'
  const rows = counts.map(({ school, reason, letters, messages, newest }) => [
    school ?? '-',
    reason,
    `${letters}`,
    `${messages}`,
    clockTime(newest),
  ])
  const head = [
    'trường (school)',
    'lý do (reason)',
    'bản ghi (records)',
    'tin (messages)',
    'mới nhất (newest)',
  ]
  const shown = counts.reduce((sum, { letters }) => sum + letters, 0)
  const rest = shown < total ? `, hiện (shown) ${shown}` : ''
  return `${table([head, ...rows])}\n${total} bản ghi bị từ chối (refused records)${rest}.`
}

export function printMessages(messages: readonly DeadMessage[]): string {
  if (messages.length === 0) return 'Không có tin lỗi nào (there are no dead letters).'
  const rows = messages.map(({ id, receivedAt, topic, bytes, letterCount, letters }) => [
    id,
    clockTime(receivedAt),
    `${bytes}`,
    `${letterCount}`,
    letters[0]?.reason ?? '',
    short(visible(topic), 60),
  ])
  const head = [
    'số (id)',
    'đến lúc (received)',
    'byte',
    'bản ghi (records)',
    'lý do (reason)',
    'chủ đề (topic)',
  ]
  return table([head, ...rows])
}

export function printWaiting(devices: readonly WaitingDevice[], total: number): string {
  if (devices.length === 0) return 'Không có thiết bị nào đang chờ (no device is waiting).'
  const rows = devices.map(
    ({ reason, format, name, firstSeen, lastSeen, messages, lastTopic, lastMessage }) => [
      format,
      short(visible(name), 50),
      reason,
      `${messages}`,
      clockTime(firstSeen),
      clockTime(lastSeen),
      lastMessage,
      short(visible(lastTopic), 60),
    ],
  )
  const head = [
    'dạng (format)',
    'tên (name)',
    'lý do (reason)',
    'tin (messages)',
    'từ (since)',
    'mới nhất (last)',
    'số (id)',
    'chủ đề (topic)',
  ]
  const rest = devices.length < total ? `, hiện (shown) ${devices.length}` : ''
  return `${table([head, ...rows])}\n${total} thiết bị đang chờ (devices waiting)${rest}.`
}

export function printMessage(message: DeadMessageDetail): string {
  const { letters, letterCount, payload } = message
  const lines = [
    `tin (message)        ${message.id}`,
    `đến lúc (received)   ${clockTime(message.receivedAt)}`,
    `chủ đề (topic)       ${visible(message.topic)}`,
    `đường vào (source)   ${message.source}, QoS ${message.qos}${message.retained ? ', retained' : ''}`,
    `tài khoản (username) ${visible(message.username ?? '-')}`,
    `đã thử lại (retried) ${message.attempts}`,
    `byte                 ${message.bytes}${message.whole ? '' : ', chỉ giữ phần đầu (only the beginning is kept)'}`,
    '',
    ...letters.flatMap(printLetter),
  ]
  if (letters.length < letterCount) lines.push(`… ${letterCount} bản ghi (records) in all`, '')
  const bytes = Buffer.from(payload.base64, 'base64')
  lines.push('nội dung (payload):', payload.text === null ? hex(bytes) : visible(payload.text))
  return lines.join('\n')
}

function printLetter({ reason, field, value, detail, remedy, school, format, device }: DeadLetter): string[] {
  const about = [
    school === null ? undefined : `trường (school) ${visible(school)}`,
    field === null ? undefined : `${visible(field)}${value === null ? '' : ` = ${visible(value)}`}`,
    device === null ? undefined : `${format} ${visible(device)}`,
  ]
  return [
    `${reason}: ${visible(detail)}`,
    `  ${about.filter((part) => part !== undefined).join(', ') || '-'}`,
    `  → ${remedy}`,
    '',
  ]
}

/** Province time, as on a clock. */
function clockTime(moment: string): string {
  return new Date(Date.parse(moment) + PROVINCE_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** Control characters could move the cursor or change the terminal of whoever reads this: they are written out. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
}

const BYTES_OF_LINE = 32

function hex(bytes: Buffer): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += BYTES_OF_LINE) {
    const line = bytes.subarray(at, at + BYTES_OF_LINE).toString('hex')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${line.replace(/(..)(?=.)/g, '$1 ')}`)
  }
  return lines.join('\n')
}
