import { readFileSync } from 'node:fs'

/** Resident memory of a process in MiB; NaN when it is gone. */
export function residentMiB(pid: number | undefined): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return line ? Number(line[1]) / 1024 : Number.NaN
  } catch {
    return Number.NaN
  }
}

export interface MemorySample {
  seconds: number
  byPart: Record<string, number>
}

/** Growth of the second half of a run against its first, by the medians: a leak grows, a cache settles. */
export function growthOfHalves(samples: MemorySample[], part: string): { first: number; second: number } {
  const values = samples.map((sample) => sample.byPart[part] ?? Number.NaN).filter(Number.isFinite)
  const half = Math.floor(values.length / 2)
  const median = (list: number[]) =>
    [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN
  return { first: median(values.slice(0, half)), second: median(values.slice(half)) }
}
