import type { FastifyInstance } from 'fastify'
import { SchoolCode } from '../../../shared/contract/primitives.ts'
import { formatTopic } from '../../../shared/contract/topics.ts'
import { IocError } from '../../../shared/node/errors.ts'
import { remedyOf } from '../../reasons.ts'
import { answer } from '../answer.ts'
import { type SubmitTools, submit } from '../submit.ts'
import { countCodes } from './roll-codes.ts'

/** POST /api/v1/push/roll-codes/{school}: rolls as lists of codes (C, P, K, null). Only their counts go further. */
export function serveRollCodes(http: FastifyInstance, tools: SubmitTools): void {
  http.post<{ Params: { school: string } }>('/api/v1/push/roll-codes/:school', async (request, reply) => {
    const school = SchoolCode.safeParse(request.params.school)
    if (!school.success) throw new IocError('not-found', { what: 'school', value: request.params.school })
    const counted = countCodes(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
    if ('faults' in counted) {
      tools.metrics.refused('malformed')
      const problems = counted.faults.map(({ reason, field, detail }) => ({
        field: field ?? '',
        value: '',
        remedy: `${detail}. ${remedyOf(reason)}`,
      }))
      throw new IocError(
        'bad-body',
        { summary: 'a roll as codes has the form of docs/protocol.md' },
        { problems },
      )
    }
    const topic = formatTopic({ kind: 'attendance', school: school.data })
    return answer(await submit(topic, Buffer.from(JSON.stringify(counted.rolls)), tools), reply)
  })
}
