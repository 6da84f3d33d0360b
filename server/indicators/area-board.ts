import { AreaTree } from '../../shared/contract/area.ts'
import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import type { Sum } from '../../shared/domain/ratio.ts'
import type { BoardTick } from './board.ts'
import type { Catalogue, DayLimits, InclusiveLimits } from './catalogue.ts'
import type { DayRegistry } from './day-registry.ts'
import type { RegistryArea } from './registry.ts'
import type { SchoolTable } from './school-table.ts'
import { indicatorValue, isNews } from './values.ts'

/** An area as a node of one tree. */
export interface AreaNode {
  tree: AreaTree
  area: RegistryArea
  children: readonly string[]
  /** Places of its schools in the tables of the day. */
  schools: Int32Array
  /** As last published, by column. */
  values: IndicatorValue[]
  /** Seven days earlier, by column; undefined for instants. */
  previous: (Sum | undefined)[]
}

export interface AreaBoardParts {
  day: DayRegistry
  areas: readonly RegistryArea[]
  catalogue: Catalogue
  limits: DayLimits
  table: SchoolTable
  /** Sums of seven days earlier, in the same columns. */
  previous: SchoolTable
}

/** The values of every area of both trees, kept up to date from the sums of schools. */
export class AreaBoard {
  readonly nodes: readonly AreaNode[]
  readonly #parts: AreaBoardParts
  readonly #limits: readonly InclusiveLimits[]
  readonly #byCode: ReadonlyMap<string, AreaNode>
  /** By school: the nodes it counts in. */
  readonly #lines: readonly (readonly number[])[]
  /** By column and node: whether a school below has changed since the last look. */
  readonly #touched: Uint8Array
  #anyTouched = false

  constructor(parts: AreaBoardParts, now: number) {
    this.#parts = parts
    this.nodes = makeNodes(parts)
    this.#limits = parts.catalogue.keys.map(({ entry }) => parts.limits.of(entry, null))
    this.#byCode = new Map(this.nodes.map((node) => [`${node.tree}/${node.area.code}`, node]))
    const lines: number[][] = parts.day.schools.map(() => [])
    this.nodes.forEach((node, place) => {
      for (const school of node.schools) lines[school]!.push(place)
    })
    this.#lines = lines
    this.#touched = new Uint8Array(parts.catalogue.keys.length * this.nodes.length)
    this.takePrevious()
    for (const node of this.nodes) {
      node.values = parts.catalogue.keys.map((_, column) => this.#value(node, column, now))
    }
  }

  node(tree: AreaTree, code: string): AreaNode | undefined {
    return this.#byCode.get(`${tree}/${code}`)
  }

  /** Notes that a school changed in a column: every area above it will be added up again. */
  touch(column: number, school: number): void {
    this.#anyTouched = true
    for (const place of this.#lines[school]!) this.#touched[column * this.nodes.length + place] = 1
  }

  /** Notes that time has passed: everything will be looked at again. */
  touchAll(): void {
    this.#anyTouched = true
    this.#touched.fill(1)
  }

  /** Adds up the past again, after its table was filled anew. */
  takePrevious(): void {
    const { catalogue, previous } = this.#parts
    for (const node of this.nodes) {
      node.previous = catalogue.keys.map(({ index, period, entry }) =>
        period === 'now' ? undefined : previous.total(index, node.schools, entry.kind).sum,
      )
    }
  }

  /** Adds up what was touched; returns the values that look different now. */
  evaluate(now: number): BoardTick['areas'] {
    if (!this.#anyTouched) return []
    const changed = new Map<AreaNode, IndicatorValue[]>()
    for (const { index: column, entry } of this.#parts.catalogue.keys) {
      for (const [place, node] of this.nodes.entries()) {
        const cell = column * this.nodes.length + place
        if (this.#touched[cell] === 0) continue
        this.#touched[cell] = 0
        const fresh = this.#value(node, column, now)
        if (!isNews(node.values[column]!, fresh, entry.refreshSeconds)) continue
        node.values[column] = fresh
        const values = changed.get(node)
        if (values) values.push(fresh)
        else changed.set(node, [fresh])
      }
    }
    this.#anyTouched = false
    return [...changed].map(([node, values]) => ({ tree: node.tree, area: node.area.code, values }))
  }

  #value(node: AreaNode, column: number, now: number): IndicatorValue {
    const { catalogue, table, day } = this.#parts
    const key = catalogue.keys[column]!
    const total = table.total(column, node.schools, key.entry.kind)
    return indicatorValue(
      key,
      {
        sum: total.sum,
        coverage: { reporting: total.reporting, expected: total.expected },
        previous: node.previous[column],
        dataAt: total.dataAt,
      },
      this.#limits[column]!,
      day.day,
      now,
    )
  }
}

function makeNodes({ day, areas }: AreaBoardParts): AreaNode[] {
  const byId = new Map(areas.map((area) => [area.id, area]))
  const nodes: AreaNode[] = []
  for (const tree of AreaTree.options) {
    const shape = day.trees[tree]
    const open = areas.filter((area) => area.kind === 'province').map((area) => area.id)
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const children = shape.childrenOf(id)
      open.push(...children)
      const schools = shape.schoolsOf(id).map((school) => day.schoolById.get(school)?.index ?? -1)
      nodes.push({
        tree,
        area: byId.get(id)!,
        children: children.map((child) => byId.get(child)!.code),
        schools: Int32Array.from(schools.filter((index) => index >= 0)),
        values: [],
        previous: [],
      })
    }
  }
  return nodes
}
