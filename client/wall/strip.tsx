import type { SystemState } from '../../shared/contract/live.ts'
import { shortDurationText } from '../lib/duration.ts'
import { type Reader, useReader } from '../lib/reader.tsx'
import { type Mark, severityMarks, statusMarks } from '../lib/severity.ts'
import type { Moments } from '../live/use-live.ts'
import { Shape } from '../ui/shape.tsx'
import { StatusMark } from '../ui/status-mark.tsx'
import { LinkBanner } from './link-banner.tsx'

interface StripProps {
  system: SystemState | undefined
  moments: Moments
}

/** S0: clock, link, age of data, schools, and what is simulated. Always there, never rotating. */
export function Strip({ system, moments }: StripProps) {
  const reader = useReader()
  const { words, formats } = reader
  const { shown, link } = moments
  const simulatedClock = system?.clock.simulated === true
  const speed = system?.clock.speed ?? 1
  const troubled = link.kind === 'lost' || system?.databaseReachable === false
  return (
    <section className="strip" aria-label={words.strip.label}>
      <div className="strip-half">
        <p className="clock number">
          <time dateTime={new Date(shown).toISOString()}>
            {formats.time(shown)}
            {/* On a fast clock seconds would be a blur. */}
            {speed > 5 ? null : (
              <span className="clock-seconds">{formats.timeWithSeconds(shown).slice(5)}</span>
            )}
          </time>
        </p>
        <div className="strip-cell strip-date">
          <p>
            {words.weekdays[formats.weekday(shown) - 1]}, <span className="number">{formats.day(shown)}</span>
          </p>
          {simulatedClock ? (
            <p className="simulated-clock">
              {words.strip.simulatedClock}
              {speed === 1 ? null : (
                <span className="number"> {words.strip.speed(formats.count(speed, 1))}</span>
              )}
            </p>
          ) : (
            <p className="quiet">{words.strip.provinceTime}</p>
          )}
        </div>
        <p className="strip-product">{words.product}</p>
      </div>
      <div className="strip-half">
        <LinkBanner moments={moments} databaseReachable={system?.databaseReachable !== false} />
        {troubled ? null : (
          <>
            <div className="strip-cell">
              <p>
                <StatusMark mark={linkMark(moments)} word={words.link[link.kind]} />
              </p>
              <p className="quiet">{dataAge(system, shown, reader)}</p>
            </div>
            <Schools system={system} />
          </>
        )}
        <div className="strip-cell strip-notes">
          {system !== undefined && system.simulatedSchools > 0 ? (
            <p>
              <span className="simulated-data">
                <Shape mark={severityMarks.info} />
                {words.strip.simulatedData}
              </span>
            </p>
          ) : null}
          <p className="quiet">{words.strip.aggregates}</p>
        </div>
      </div>
    </section>
  )
}

function Schools({ system }: { system: SystemState | undefined }) {
  const { words, formats } = useReader()
  if (system === undefined) return null
  const count = (number: number) => <span className="number">{formats.count(number)}</span>
  return (
    <div className="strip-cell strip-schools">
      <p>
        {words.strip.schools}: {count(system.openSchools)} {words.strip.open}
      </p>
      <p className="quiet">
        {count(system.closedSchools)} {words.strip.closed}, {count(system.unreportedSchools)}{' '}
        {words.strip.unreported}
      </p>
    </div>
  )
}

function linkMark({ link }: Moments): Mark {
  return link.kind === 'live' ? { shape: 'disc', tone: 'normal' } : statusMarks.not_applicable
}

/** Under this an age in seconds would only flicker. */
const JUST_NOW_MS = 10_000

function dataAge(system: SystemState | undefined, shown: number, { words }: Reader): string {
  if (system === undefined || system.newestDataAt === null) return words.strip.noData
  const age = shown - Date.parse(system.newestDataAt)
  return age < JUST_NOW_MS ? words.strip.justNow : words.strip.newest(shortDurationText(age, words))
}
