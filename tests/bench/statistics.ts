/** The value below which a share of the samples lies (nearest rank); NaN of none. `samples` is sorted in place. */
export function percentile(samples: number[], share: number): number {
  if (samples.length === 0) return Number.NaN
  samples.sort((a, b) => a - b)
  return samples[Math.min(samples.length - 1, Math.ceil(share * samples.length) - 1)]!
}

export interface Summary {
  samples: number
  p50: number
  p95: number
  p99: number
  worst: number
}

export function summarise(samples: number[]): Summary {
  return {
    samples: samples.length,
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
    worst: percentile(samples, 1),
  }
}
