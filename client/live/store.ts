import { notifyManager, type QueryClient } from '@tanstack/react-query'
import type { LiveBeat, LivePatch, LiveSnapshot } from '../../shared/contract/live.ts'
import { applyBeat, applyPatch, fromSnapshot, type LiveScreen } from '../../shared/domain/live-screen.ts'
import { keys } from './keys.ts'
import type { Contact } from './link.ts'
import { afterBeat, type ShownClock } from './shown-clock.ts'
import { type Trail, withValue } from './trail.ts'

/**
 * Writes what the socket brings into the page's store; every change is applied as it comes, none is put
 * off, and what belongs together is painted together.
 */
export class LiveStore {
  readonly #client: QueryClient
  readonly #now: () => number

  constructor(client: QueryClient, now: () => number) {
    this.#client = client
    this.#now = now
  }

  open(): void {
    this.#client.setQueryData<Contact>(keys.contact, { openedAt: this.#now(), lastAt: undefined })
  }

  contact(): Contact | undefined {
    return this.#client.getQueryData<Contact>(keys.contact)
  }

  /** Takes a snapshot in place of whatever was known, and has histories asked again: they may have a hole. */
  takeSnapshot(snapshot: LiveSnapshot): void {
    notifyManager.batch(() => this.#takeSnapshot(snapshot))
  }

  /** @returns 'gap' when only a snapshot helps. */
  takePatch(patch: LivePatch): 'taken' | 'gap' {
    return notifyManager.batch(() => this.#takePatch(patch))
  }

  /** @returns 'gap' when a patch was lost on the way. */
  takeBeat(beat: LiveBeat): 'taken' | 'gap' {
    return notifyManager.batch(() => this.#takeBeat(beat))
  }

  #takeSnapshot(snapshot: LiveSnapshot): void {
    const before = this.#screen()
    this.#client.setQueryData<LiveScreen>(keys.screen, fromSnapshot(snapshot))
    this.#client.setQueryData<ShownClock>(keys.clock, (known) => ({
      report: snapshot.system.clock,
      skewMs: known?.skewMs ?? 0,
    }))
    this.#heard()
    if (before === undefined) return
    void this.#client.invalidateQueries({ queryKey: ['series'] })
    if (before.stream === snapshot.stream) return
    void this.#client.invalidateQueries({ queryKey: ['definitions'] })
    void this.#client.invalidateQueries({ queryKey: keys.areas })
  }

  #takePatch(patch: LivePatch): 'taken' | 'gap' {
    this.#heard()
    const before = this.#screen()
    if (before === undefined || before.area !== patch.area) return 'gap'
    const after = applyPatch(before, patch)
    if (after === 'gap') return 'gap'
    this.#client.setQueryData(keys.screen, after)
    this.#lengthenTrails(patch)
    return 'taken'
  }

  #takeBeat(beat: LiveBeat): 'taken' | 'gap' {
    const receivedAt = this.#now()
    this.#heard()
    this.#client.setQueryData<ShownClock>(
      keys.clock,
      afterBeat(beat.system.clock, Date.parse(beat.at), receivedAt),
    )
    const before = this.#screen()
    const after = before === undefined ? 'gap' : applyBeat(before, beat)
    if (after === 'gap') return 'gap'
    this.#client.setQueryData(keys.screen, after)
    return 'taken'
  }

  #screen(): LiveScreen | undefined {
    return this.#client.getQueryData<LiveScreen>(keys.screen)
  }

  #heard(): void {
    const lastAt = this.#now()
    this.#client.setQueryData<Contact>(keys.contact, (known) => ({
      openedAt: known?.openedAt ?? lastAt,
      lastAt,
    }))
  }

  #lengthenTrails(patch: LivePatch): void {
    const own = patch.areas.find((entry) => entry.area === patch.area)
    for (const value of own?.values ?? []) {
      const queryKey = keys.everySeries(patch.area, value.indicator, value.period)
      this.#client.setQueriesData<Trail>({ queryKey }, (trail) => trail && withValue(trail, value))
    }
  }
}
