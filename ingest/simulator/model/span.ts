/** A stretch of time, from its first millisecond to just before `to`. */
export interface Span {
  from: number
  to: number
}

export function spanAt(spans: readonly Span[], moment: number): Span | undefined {
  return spans.find((span) => span.from <= moment && moment < span.to)
}
