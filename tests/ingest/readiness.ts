import { z } from 'zod'
import { Finding } from '../../shared/contract/finding.ts'

const Readied = z.object({
  status: z.number(),
  ready: z.boolean(),
  database: z.boolean(),
  broker: z.boolean(),
  room: z.boolean(),
  findings: z.array(Finding),
})
export type Readied = z.infer<typeof Readied>

/** What /readyz of an ingest program answers. */
export async function readied(httpUrl: string): Promise<Readied> {
  const answer = await fetch(`${httpUrl}/readyz`)
  return Readied.parse({ status: answer.status, ...((await answer.json()) as object) })
}
