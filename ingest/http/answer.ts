import type { FastifyReply } from 'fastify'
import type { ErrorReply } from '../../shared/contract/http.ts'
import { isAccepted, type Outcome, type Rejection } from '../message.ts'
import { type ReasonCode, sentenceOf } from '../reasons.ts'

/** Reasons that pass by themselves: the message is kept and stored as soon as somebody has registered the device. */
const WAITING: readonly ReasonCode[] = ['unregistered-device', 'no-birth']
const NOWHERE: readonly ReasonCode[] = ['unknown-school', 'unknown-device']

/** What became of a message, when its transaction has committed: 200, 202 waiting for registration, 404 or 422. */
export function answer(outcome: Outcome, reply: FastifyReply): FastifyReply {
  const { stored, duplicate, rejected } = outcome
  const every = (reasons: readonly ReasonCode[]) => rejected.every(({ reason }) => reasons.includes(reason))
  if (isAccepted(outcome) || every(WAITING)) {
    return reply.code(isAccepted(outcome) ? 200 : 202).send({
      stored,
      duplicate,
      rejected: rejected.map(({ reason, field, value, remedy }) => ({ reason, field, value, remedy })),
    })
  }
  const unknown = every(NOWHERE)
  const body: ErrorReply = {
    code: unknown ? 'not-found' : 'bad-body',
    message: sentenceOf(rejected[0]!.reason),
    problems: rejected.map(({ field, value, detail, remedy }: Rejection) => ({
      field: field ?? '',
      value,
      remedy: `${detail}. ${remedy}`,
    })),
  }
  return reply.code(unknown ? 404 : 422).send(body)
}
