/** Pages of the client by address. The server answers each of them with the same document. */
export const paths = { start: '/', wall: '/wall', apiDocs: '/api/docs', status: '/api/v1/status' } as const

export type Page = 'start' | 'wall' | 'unknown'

/** The page of an address path; a trailing slash does not matter. */
export function pageOf(pathname: string): Page {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname
  if (path === paths.start) return 'start'
  return path === paths.wall ? 'wall' : 'unknown'
}
