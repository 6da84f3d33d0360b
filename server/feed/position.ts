/**
 * A place in the journal: rows are ordered by transaction, then by number. Both exceed 2^53 in principle. As a saved
 * position it says that every row up to here has been dealt with; later ones may have been too.
 */
export interface Position {
  xid: bigint
  seq: bigint
}

const LAST_SEQ = 9_223_372_036_854_775_807n

/** Behind every row of the transactions before this one. */
export function before(transaction: bigint): Position {
  return { xid: transaction - 1n, seq: LAST_SEQ }
}

export function comparePositions(a: Position, b: Position): number {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1
  return 0
}
