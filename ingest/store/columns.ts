import type { Message } from '../message.ts'
import type { Letter } from '../records.ts'

/** What a writer of one kind of row reports: which rows are new, which were there, which contradict what is there. */
export interface Written<R> {
  stored: readonly R[]
  duplicates: readonly R[]
  letters: readonly Letter[]
}

/** A column of numbers as an array literal: the driver would quote and escape each element. */
export function numbers<R>(rows: readonly R[], pick: (row: R) => number): string {
  return `{${rows.map(pick).join(',')}}`
}

export function texts<R>(rows: readonly R[], pick: (row: R) => string): string[] {
  return rows.map(pick)
}

export function flags<R>(rows: readonly R[], pick: (row: R) => boolean): string {
  return `{${rows.map(pick).join(',')}}`
}

export function moments<R>(rows: readonly R[], pick: (row: R) => number): string {
  return `{${rows.map((row) => new Date(pick(row)).toISOString()).join(',')}}`
}

export function countMessages(rows: readonly { message: Message }[]): number {
  return new Set(rows.map((row) => row.message)).size
}

/** Splits rows by their positions (from 1) in what was sent to the database. */
export function split<R>(rows: readonly R[], positions: ReadonlySet<number>): { inside: R[]; outside: R[] } {
  const inside: R[] = []
  const outside: R[] = []
  rows.forEach((row, at) => {
    if (positions.has(at + 1)) inside.push(row)
    else outside.push(row)
  })
  return { inside, outside }
}
