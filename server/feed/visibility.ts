/**
 * What one snapshot of the database saw, from the text of pg_current_snapshot(): `xmin:xmax:xip,xip`.
 * Numbers of transactions are 64 bits wide, so they are kept as bigint.
 */
export interface Snapshot {
  xmin: bigint
  xmax: bigint
  running: ReadonlySet<bigint>
}

/** @throws SyntaxError when the text is no snapshot. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin, xmax, running] = text.split(':')
  if (!xmin || !xmax) throw new SyntaxError(`not a snapshot: ${text}`)
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running ? running.split(',').map(BigInt) : []),
  }
}

/** Whether the work of a committed transaction was in what the snapshot saw (pg_visible_in_snapshot). */
export function isVisibleIn(snapshot: Snapshot, transaction: bigint): boolean {
  if (transaction < snapshot.xmin) return true
  return transaction < snapshot.xmax && !snapshot.running.has(transaction)
}

export function formatSnapshot({ xmin, xmax, running }: Snapshot): string {
  return `${xmin}:${xmax}:${[...running].sort((a, b) => (a < b ? -1 : 1)).join(',')}`
}

/** A snapshot that saw all transactions before this one, and nothing else. */
export function snapshotBefore(transaction: bigint): Snapshot {
  return { xmin: transaction, xmax: transaction, running: new Set() }
}
