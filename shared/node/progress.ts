import { Presets, SingleBar } from 'cli-progress'

/** How far a long command has come. */
export interface Progress {
  begin(what: string, total: number): void
  advance(by: number): void
  end(): void
}

/** For places where nobody watches. */
export const noProgress: Progress = { begin() {}, advance() {}, end() {} }

/** A bar on a terminal; nothing where the output goes to a file or another program. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return noProgress
  const format = '{what} [{bar}] {percentage}% | {value}/{total} | {eta} s'
  const bar = new SingleBar({ format, stream, hideCursor: true }, Presets.shades_classic)
  return {
    begin(what, total) {
      bar.stop()
      if (total > 0) bar.start(total, 0, { what })
    },
    advance: (by) => bar.increment(by),
    end: () => bar.stop(),
  }
}
