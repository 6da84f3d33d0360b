import type { Board, BoardCounts, BoardTick } from '../../../server/indicators/board.ts'
import type { AreaTree } from '../../../shared/contract/area.ts'
import type { IocEvent } from '../../../shared/contract/event.ts'
import type { IndicatorDefinition, IndicatorValue } from '../../../shared/contract/indicator.ts'
import { areasData, indicatorsData } from '../../../shared/db/reference.ts'
import { screenKey } from '../../../shared/domain/live-screen.ts'

export const AT = '2026-11-23T01:00:00.000Z'

/** A value of an indicator; what is not given is plain and well. */
export function indicatorValue(
  indicator: string,
  value: number,
  more: Partial<IndicatorValue> = {},
): IndicatorValue {
  return {
    indicator,
    period: 'morning',
    value,
    numerator: value,
    denominator: 100,
    status: 'ok',
    coverage: { reporting: 3, expected: 3 },
    previous: null,
    dataAt: AT,
    computedAt: AT,
    ...more,
  }
}

export function eventOf(id: number, area: string, more: Partial<IocEvent> = {}): IocEvent {
  return {
    id: String(id),
    at: new Date(Date.parse(AT) + id * 1000).toISOString(),
    kind: 'power-lost',
    severity: 'warning',
    area,
    areaName: area,
    school: null,
    schoolName: null,
    params: {},
    simulated: true,
    ...more,
  }
}

/** The board driven by hand: the areas of the province, and the values a test has set. */
export class HandBoard implements Board {
  readonly #children = new Map<string, string[]>()
  readonly #values = new Map<string, Map<string, IndicatorValue>>()
  readonly #listeners = new Set<(tick: BoardTick) => void>()
  state: BoardCounts = {
    schools: 3,
    simulatedSchools: 2,
    openSchools: 1,
    closedSchools: 1,
    unreportedSchools: 1,
    newestDataAt: Date.parse(AT),
    messagesPerSecond: 4,
    readingsPerSecond: 16,
    lagSeconds: 0.1,
    closedSlotAt: Date.parse(AT),
    databaseReachable: true,
  }

  constructor() {
    const { province, districts, communes } = areasData()
    this.add('administrative', province.code)
    this.add('former-district', province.code)
    for (const { code } of districts) this.add('former-district', code, province.code)
    for (const { code, formerUnits2022 } of communes) {
      this.add('administrative', code, province.code)
      this.add('former-district', code, formerUnits2022[0])
    }
  }

  add(tree: AreaTree, code: string, parent?: string): void {
    this.#values.set(`${tree}/${code}`, new Map())
    if (parent !== undefined) this.#children.set(`${tree}/${parent}`, [...this.children(tree, parent), code])
  }

  /** Abolishes an area without a tick. */
  remove(tree: AreaTree, code: string): void {
    this.#values.delete(`${tree}/${code}`)
  }

  /** Removes a value without a tick, as the turn of a day may. */
  forget(tree: AreaTree, area: string, indicator: string): void {
    this.#values.get(`${tree}/${area}`)?.delete(screenKey(indicator, 'morning'))
  }

  /** Sets values without telling anybody. */
  set(tree: AreaTree, area: string, values: readonly IndicatorValue[]): void {
    const known = this.#values.get(`${tree}/${area}`)
    if (!known) throw new Error(`no area ${area} in ${tree}`)
    for (const value of values) known.set(screenKey(value.indicator, value.period), value)
  }

  /** Sets values and tells the listeners. */
  tick(areas: BoardTick['areas'], events: readonly IocEvent[] = []): void {
    for (const { tree, area, values } of areas) this.set(tree, area, values)
    for (const listener of this.#listeners) listener({ at: Date.now(), areas, events })
  }

  definitions(): readonly IndicatorDefinition[] {
    return indicatorsData()
  }

  area(tree: AreaTree, code: string): readonly IndicatorValue[] | undefined {
    const values = this.#values.get(`${tree}/${code}`)
    return values && [...values.values()]
  }

  children(tree: AreaTree, code: string): readonly string[] {
    return this.#children.get(`${tree}/${code}`) ?? []
  }

  school(): undefined {
    return undefined
  }

  counts(): BoardCounts {
    return this.state
  }

  subscribe(listener: (tick: BoardTick) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
