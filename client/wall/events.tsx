import { memo } from 'react'
import type { IocEvent } from '../../shared/contract/event.ts'
import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { eventPlace, eventText } from '../lib/event-text.ts'
import { useReader } from '../lib/reader.tsx'
import { severityMarks } from '../lib/severity.ts'
import { Empty } from '../ui/empty.tsx'
import { Panel } from '../ui/panel.tsx'
import { Shape } from '../ui/shape.tsx'
import { SHOWN_EVENTS } from './overview-list.ts'

interface EventsProps {
  events: readonly IocEvent[]
  definitions: ReadonlyMap<string, IndicatorDefinition>
  /** Names of areas in the reader's language, by code. */
  areaNames: ReadonlyMap<string, string>
  /** Day shown (yyyy-mm-dd); events of other days carry theirs. */
  today: string
}

/** What happened, newest first: when, where, what. */
export const Events = memo(function Events({ events, definitions, areaNames, today }: EventsProps) {
  const reader = useReader()
  const { words, formats } = reader
  return (
    <Panel name="events" title={words.events.title}>
      {events.length === 0 ? <Empty text={words.events.none} /> : null}
      <ol className="events">
        {events.slice(0, SHOWN_EVENTS).map((event) => {
          const at = Date.parse(event.at)
          const ofToday = dayOf(at) === today
          return (
            <li key={event.id} data-event={event.id}>
              <span className="event-sign" role="img" aria-label={words.severity[event.severity]}>
                <Shape mark={severityMarks[event.severity]} />
              </span>
              <p className="event-where">
                <time className="number" dateTime={event.at}>
                  {ofToday ? formats.time(at) : formats.day(at).slice(0, 5)}
                </time>
                {eventPlace(event, areaNames)}
              </p>
              <p className="event-what">{eventText(event, definitions, reader)}</p>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
})
