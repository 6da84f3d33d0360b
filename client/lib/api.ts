import { type RouteName, type RouteReply, routes } from '../../shared/contract/http.ts'

/** The API answered with an error, or with something that is not of the contract. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

interface Request {
  /** Values of the :names in the path. */
  params?: Record<string, string>
  query?: Record<string, string | undefined>
  signal?: AbortSignal
}

const PATIENCE_MS = 20_000

/** The address of a route with its parameters filled in. */
export function addressOf(route: RouteName, request: Request = {}): string {
  const path = routes[route].path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(request.params?.[name] ?? ''),
  )
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/**
 * Asks a route and parses what it answers.
 * @throws ApiError when the answer is an error or not of the contract; TypeError or DOMException when none came.
 */
export async function ask<N extends RouteName>(route: N, request: Request = {}): Promise<RouteReply<N>> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const signal = request.signal ? AbortSignal.any([request.signal, patience]) : patience
  const answer = await fetch(addressOf(route, request), { signal, headers: { accept: 'application/json' } })
  if (!answer.ok) throw new ApiError(answer.status, `${routes[route].path} answered ${answer.status}`)
  const parsed = routes[route].reply.safeParse(await answer.json())
  if (!parsed.success) {
    throw new ApiError(answer.status, `${routes[route].path} is not of the contract`, { cause: parsed.error })
  }
  return parsed.data as RouteReply<N>
}
