import type { PartProbe, PartReport } from './parts.ts'

const TIMEOUT_MS = 1_000

/** Asks the ingest program how it is. An ingest that does not answer is a finding, never a failure of ours. */
export function createIngestProbe(url: string): PartProbe {
  return async (): Promise<PartReport> => {
    try {
      const [ready, metrics] = await Promise.all([ask(url, '/readyz'), ask(url, '/metrics')])
      return {
        name: 'ingest',
        ok: ready.ok,
        version: /ioc_build_info\{[^}]*version="([^"]*)"/.exec(metrics.text)?.[1] ?? '',
        detail: ready.ok ? 'ready' : `not ready: ${ready.text.slice(0, 300)}`,
      }
    } catch {
      return { name: 'ingest', ok: false, version: '', detail: `does not answer at ${new URL(url).host}` }
    }
  }
}

async function ask(url: string, path: string): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
  return { ok: answer.ok, text: await answer.text() }
}
