import type { ReactNode } from 'react'
import type { ValueView } from '../lib/value-view.ts'
import { Arrow } from './shape.tsx'
import { StatusMark } from './status-mark.tsx'
import { useTint } from './use-tint.ts'

/** One value with everything that says how far to trust it. `children` is its sparkline, where it has one. */
export function ValueTile({ id, view, children }: { id: string; view: ValueView; children?: ReactNode }) {
  const figure = useTint<HTMLParagraphElement>(view.figure)
  const small = children === undefined
  return (
    <article
      className={small ? 'tile tile-small' : 'tile'}
      data-indicator={id}
      data-freshness={view.freshness}
      data-coverage={view.coverageLevel}
      data-long-figure={view.figure.length > LONG_FIGURE}
      data-long-status={isLong(view)}
      data-tone={view.freshness === 'stale' || view.coverageLevel === 'poor' ? 'none' : view.mark.tone}
    >
      <header className="tile-head">
        <h3>{view.name}</h3>
        {small ? null : <time className="tile-time">{view.dataTime}</time>}
      </header>
      <p ref={figure} className="tile-figure">
        {view.unitFirst && view.unit !== '' ? (
          <span className="tile-unit unit-first">{view.unit}</span>
        ) : null}
        <span className="tile-value">{view.figure}</span>
        {view.unitFirst || view.unit === '' ? null : <span className="tile-unit">{view.unit}</span>}
      </p>
      {small ? null : (
        <div className="tile-course">
          <p className="tile-change">
            {view.change === undefined ? null : (
              <>
                {view.change.direction === undefined ? null : <Arrow direction={view.change.direction} />}
                {view.change.text}
              </>
            )}
          </p>
          {children}
        </div>
      )}
      <p className="tile-status">
        <StatusMark mark={view.mark} word={view.statusWord} />
        {view.freshness === 'ageing' && view.ageText !== '' ? (
          <span className="tile-age">{view.ageText}</span>
        ) : null}
      </p>
      {small ? null : (
        <p className="tile-foot">
          {view.coverage === '' ? null : (
            <>
              {view.coverage} <span className="tile-coverage-unit">{view.coverageUnit}</span>
            </>
          )}
        </p>
      )}
    </article>
  )
}

/** Characters beyond which the figure of a small tile needs smaller letters, as in 1.284. */
const LONG_FIGURE = 4

/** Whether the status needs the whole width of the tile; a short one leaves room for a taller sparkline. */
function isLong({ mark, freshness }: ValueView): boolean {
  return freshness !== 'fresh' || mark.tone === 'none' || mark.tone === 'critical'
}
