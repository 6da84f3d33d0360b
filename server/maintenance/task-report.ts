/** How the last run of a task went. Times in milliseconds; `longestMs` of one statement, since the start. */
export interface TaskReport {
  task: string
  lastRunAt: number
  durationMs: number
  longestMs: number
  runs: number
  outcome: 'ok' | 'failed'
  detail: string
}

/** Keeps the last report of each task. */
export class TaskReports {
  readonly #byTask = new Map<string, TaskReport>()

  note(task: string, run: Omit<TaskReport, 'task' | 'runs'>): void {
    const before = this.#byTask.get(task)
    this.#byTask.set(task, {
      ...run,
      task,
      runs: (before?.runs ?? 0) + 1,
      longestMs: Math.max(run.longestMs, before?.longestMs ?? 0),
    })
  }

  all(): TaskReport[] {
    return [...this.#byTask.values()]
  }
}

/** What one run of a task did. */
export interface TaskRun {
  longestMs: number
  detail: string
}

/** Runs statements and remembers how long the longest took: nobody else is served meanwhile on the embedded database. */
export class Stopwatch {
  longestMs = 0

  async time<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
    const began = performance.now()
    const result = await work()
    const ms = performance.now() - began
    this.longestMs = Math.max(this.longestMs, Math.round(ms))
    return { result, ms }
  }
}
