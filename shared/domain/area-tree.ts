/** Areas are a tree that changes with time; every question names the day it asks about. Days are yyyy-mm-dd. */
export interface Dated {
  validFrom: string
  validTo: string | null
}

export interface AreaEdge extends Dated {
  area: number
  parent: number
}

export interface SchoolPlace extends Dated {
  school: number
  area: number
}

export function isValidOn(span: Dated, day: string): boolean {
  return span.validFrom <= day && (span.validTo === null || day <= span.validTo)
}

/** One tree as it stood on one day. */
export interface TreeOnDay {
  parentOf(area: number): number | undefined
  childrenOf(area: number): readonly number[]
  /** Every area a school counts in, leaf first, province last. */
  areasOfSchool(school: number): readonly number[]
  /** Every school under an area. */
  schoolsOf(area: number): readonly number[]
}

/**
 * Builds a tree for a day.
 * @throws Error when the edges of that day hold a cycle, naming the area.
 */
export function treeOnDay(
  edges: readonly AreaEdge[],
  places: readonly SchoolPlace[],
  day: string,
): TreeOnDay {
  const parents = new Map<number, number>()
  const children = new Map<number, number[]>()
  for (const edge of edges) {
    if (!isValidOn(edge, day)) continue
    parents.set(edge.area, edge.parent)
    append(children, edge.parent, edge.area)
  }
  const lines = new Map<number, readonly number[]>()
  const schools = new Map<number, number[]>()
  for (const place of places) {
    if (!isValidOn(place, day)) continue
    const line = lineage(place.area, parents)
    lines.set(place.school, line)
    for (const area of line) append(schools, area, place.school)
  }
  return {
    parentOf: (area) => parents.get(area),
    childrenOf: (area) => children.get(area) ?? [],
    areasOfSchool: (school) => lines.get(school) ?? [],
    schoolsOf: (area) => schools.get(area) ?? [],
  }
}

function lineage(leaf: number, parents: ReadonlyMap<number, number>): number[] {
  const line = [leaf]
  for (let area = parents.get(leaf); area !== undefined; area = parents.get(area)) {
    if (line.includes(area)) throw new Error(`the area tree has a cycle at area ${area}`)
    line.push(area)
  }
  return line
}

function append(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
