import { z } from 'zod'
import { Finding } from '../../shared/contract/finding.ts'
import type { PartProbe, PartReport } from './parts.ts'

const TIMEOUT_MS = 1_000

/** What /readyz of ingest says beside its checks; an older ingest has no findings. */
const Readiness = z.object({ findings: z.array(Finding).default([]) })

/** Asks the ingest program how it is. An ingest that does not answer is a finding, never a failure of ours. */
export function createIngestProbe(url: string, name = 'ingest'): PartProbe {
  return async (): Promise<PartReport> => {
    try {
      const [ready, metrics] = await Promise.all([ask(url, '/readyz'), ask(url, '/metrics')])
      return {
        name,
        ok: ready.ok,
        version: /ioc_build_info\{[^}]*version="([^"]*)"/.exec(metrics.text)?.[1] ?? '',
        detail: ready.ok ? 'ready' : `not ready: ${ready.text.slice(0, 300)}`,
        findings: findingsOf(ready.text),
      }
    } catch {
      const detail = `does not answer at ${new URL(url).host}`
      return { name, ok: false, version: '', detail, findings: [] }
    }
  }
}

/** One probe a program; several are told apart by where they are. */
export function createIngestProbes(urls: readonly string[]): PartProbe[] {
  return urls.map((url) =>
    createIngestProbe(url, urls.length === 1 ? 'ingest' : `ingest ${new URL(url).host}`),
  )
}

async function ask(url: string, path: string): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(TIMEOUT_MS) })
  return { ok: answer.ok, text: await answer.text() }
}

function findingsOf(text: string): Finding[] {
  try {
    return Readiness.parse(JSON.parse(text)).findings
  } catch {
    return []
  }
}
