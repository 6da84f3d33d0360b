import { notifyManager, QueryClient } from '@tanstack/react-query'

const LONGEST_WAIT_MS = 10_000

/**
 * The one store of the page. Requests are tried again for ever, because nobody stands by to press reload, and
 * regardless of what the browser believes about the network: a wall's server is on its own local network.
 */
export function createQueryClient(): QueryClient {
  // A change is painted in the frame in which it arrived; the default waits for a timer, which hidden pages slow down.
  notifyManager.setScheduler(queueMicrotask)
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: true,
        retryDelay: (attempt) => Math.min(LONGEST_WAIT_MS, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2),
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
    },
  })
}
