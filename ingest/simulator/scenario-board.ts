import type { SimSchool } from './province/school.ts'
import { reaches, type Scenario } from './scenario.ts'

const NONE: readonly Scenario[] = []

/** The scenarios that run or still have after-effects, and which of them reach a school. */
export class ScenarioBoard {
  #all: readonly Scenario[] = NONE
  #bySchool = new Map<SimSchool, readonly Scenario[]>()

  all(): readonly Scenario[] {
    return this.#all
  }

  replace(scenarios: readonly Scenario[]): void {
    this.#all = scenarios
    this.#bySchool = new Map()
  }

  of(school: SimSchool): readonly Scenario[] {
    if (this.#all.length === 0) return NONE
    let found = this.#bySchool.get(school)
    if (found === undefined) {
      found = this.#all.filter((scenario) => reaches(scenario, school))
      this.#bySchool.set(school, found)
    }
    return found
  }
}
