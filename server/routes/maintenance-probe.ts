import type { PartProbe } from './parts.ts'

interface Maintained {
  report(): {
    mode: string | undefined
    tasks: readonly { task: string; outcome: 'ok' | 'failed'; longestMs: number; detail: string }[]
  }
}

/** Says who keeps the database in order, which of its tasks failed last time, and the longest stall it caused. */
export function createMaintenanceProbe(maintenance: Maintained, version: string): PartProbe {
  return async () => {
    const { mode, tasks } = maintenance.report()
    const failed = tasks.filter(({ outcome }) => outcome === 'failed')
    const longest = Math.max(0, ...tasks.map(({ longestMs }) => longestMs))
    const detail =
      failed.length > 0
        ? `failed: ${failed.map(({ task, detail: why }) => `${task} (${why})`).join(', ')}`
        : `${mode ?? 'not started'}, ${tasks.length} tasks, longest statement ${longest} ms`
    return { name: 'maintenance', ok: failed.length === 0, version, detail, findings: [] }
  }
}
