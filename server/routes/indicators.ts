import type { FastifyInstance } from 'fastify'
import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import { IocError } from '../../shared/node/errors.ts'
import type { Board } from '../indicators/board.ts'
import type { RouteParts } from './parts.ts'
import { requireArea } from './refusals.ts'
import { serve } from './serve.ts'

export function serveIndicators(http: FastifyInstance, { board }: RouteParts): void {
  serve(http, 'indicators', ({ query: { area, tree } }) => {
    requireArea(board, tree, area)
    return { area, tree, definitions: [...board.definitions()], values: [...(board.area(tree, area) ?? [])] }
  })

  serve(http, 'indicator', ({ params: { id }, query: { area, tree } }) => {
    const definition = requireDefinition(board, id)
    requireArea(board, tree, area)
    const valuesOf = (code: string) =>
      (board.area(tree, code) ?? []).filter((value) => value.indicator === id)
    const children = board.children(tree, area).map((code) => ({ area: code, values: valuesOf(code) }))
    return { definition, area, tree, values: valuesOf(area), children }
  })
}

/** @throws IocError not-found */
export function requireDefinition(board: Board, id: string): IndicatorDefinition {
  const definition = board.definitions().find((one) => one.id === id)
  if (!definition) throw new IocError('not-found', { what: 'indicator', value: id })
  return definition
}
