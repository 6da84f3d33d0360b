import { useQuery } from '@tanstack/react-query'
import type { LiveScreen } from '../../shared/domain/live-screen.ts'
import { useNow } from '../lib/use-now.ts'
import { keys } from './keys.ts'
import { type Contact, type LinkState, linkState } from './link.ts'
import { type ShownClock, shownAt } from './shown-clock.ts'

/** The store is written by the live session; these only read, and keep what was written for as long as the page lives. */
const written = {
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
} as const

/** The watched screen; undefined before the first snapshot. */
export function useScreen(): LiveScreen | undefined {
  return useQuery<LiveScreen>({ queryKey: keys.screen, ...written, structuralSharing: false }).data
}

export interface Moments {
  link: LinkState
  /** The moment the province is shown at, in milliseconds; looked at once a second. */
  shown: number
  /** Moment of the last contact on the shown clock, once the link is lost. */
  lostSince: number | undefined
}

/** Link and clock as of this second. */
export function useMoments(): Moments {
  const now = useNow()
  const contact = useQuery<Contact>({ queryKey: keys.contact, ...written }).data
  const clock = useQuery<ShownClock>({ queryKey: keys.clock, ...written }).data
  const link = linkState(contact ?? { openedAt: now, lastAt: undefined }, now)
  const show = (moment: number) => (clock === undefined ? moment : shownAt(clock, moment))
  const lostSince = link.kind === 'lost' && link.lastAt !== undefined ? show(link.lastAt) : undefined
  return { link, shown: show(now), lostSince }
}
