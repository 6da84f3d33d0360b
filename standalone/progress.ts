/** What the person who typed `npm start` reads. Vietnamese first, English beside it. */
export interface Progress {
  /** Says what is under way, runs it, says how long it took. */
  step<T>(vi: string, en: string, work: () => Promise<T>): Promise<T>
  say(line: string): void
}

export function createProgress(write: (line: string) => void, now: () => number): Progress {
  return {
    async step(vi, en, work) {
      const since = now()
      write(`  … ${vi} (${en})`)
      const result = await work()
      write(`  ✓ ${vi} (${en}): ${((now() - since) / 1000).toFixed(1).replace('.', ',')} s`)
      return result
    },
    say: write,
  }
}
