import type { IocEvent } from '../../../shared/contract/event.ts'
import type { DaySchool } from '../day-registry.ts'
import type { RegistryArea } from '../registry.ts'

/** Something that happened, before it is stored and has a number. `at` in milliseconds. */
export interface NewEvent {
  at: number
  kind: IocEvent['kind']
  severity: IocEvent['severity']
  area: RegistryArea
  school: DaySchool | null
  params: IocEvent['params']
  simulated: boolean
}
