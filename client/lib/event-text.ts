import type { IocEvent } from '../../shared/contract/event.ts'
import { type IndicatorDefinition, IndicatorStatus } from '../../shared/contract/indicator.ts'
import { composed } from './format.ts'
import { figureWithUnit, indicatorName } from './indicator-text.ts'
import type { Reader } from './reader.tsx'

/** The sentence of an event in the reader's language. A parameter that is missing is left out, never shown as such. */
export function eventText(
  event: IocEvent,
  definitions: ReadonlyMap<string, IndicatorDefinition>,
  reader: Reader,
): string {
  const { events, status } = reader.words
  const text = (name: string) => composed(String(event.params[name] ?? ''))
  const count = (name: string) => {
    const number = event.params[name]
    return typeof number === 'number' ? reader.formats.count(number) : text(name)
  }
  switch (event.kind) {
    case 'school-closed':
      return events.schoolClosed(text('reason'))
    case 'school-opened':
      return events.schoolOpened
    case 'indicator-status': {
      const id = text('indicator')
      if (id === '') return events.changed
      const definition = definitions.get(id)
      const to = IndicatorStatus.safeParse(event.params['to'])
      const value = event.params['value']
      const shown = typeof value === 'number' ? figureWithUnit(value, definition?.unit, reader) : ''
      return events.indicator(
        indicatorName(id, definition, reader),
        to.success ? status[to.data] : text('to'),
        shown,
      )
    }
    case 'flood-level':
      return floodText(event.params, events)
    case 'power-lost':
      return events.powerLost(count('schools'), count('total'))
    case 'power-back':
      return events.powerBack
    case 'link-lost':
      return events.linkLost(count('schools'), count('total'))
    case 'link-back':
      return events.linkBack
  }
}

function floodText(params: IocEvent['params'], events: Reader['words']['events']): string {
  const [from, to] = [Number(params['from'] ?? 0), Number(params['to'] ?? 0)]
  if (to === 0) return events.floodOver
  return to < from ? events.floodDown(String(to)) : events.floodUp(String(to))
}

/** Where it happened: the school if it is one school's, and its area, by its name in the reader's language if known. */
export function eventPlace(event: IocEvent, areaNames: ReadonlyMap<string, string>): string {
  const area = areaNames.get(event.area) ?? composed(event.areaName)
  return event.schoolName === null ? area : `${composed(event.schoolName)}, ${area}`
}
