/** A place in the journal: rows are ordered by transaction, then by number. Both exceed 2^53 in principle. */
export interface Position {
  xid: bigint
  seq: bigint
}

export function comparePositions(a: Position, b: Position): number {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1
  return 0
}
