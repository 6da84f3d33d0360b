import { dayOf } from '../../shared/domain/time.ts'
import { durationText } from '../lib/duration.ts'
import { type Reader, useReader } from '../lib/reader.tsx'
import { severityMarks } from '../lib/severity.ts'
import type { Moments } from '../live/use-live.ts'
import { Shape } from '../ui/shape.tsx'

interface LinkBannerProps {
  moments: Moments
  databaseReachable: boolean
}

/**
 * Says that what is shown is old, since when, and that nobody needs to do anything. It is spoken when it appears;
 * the length of the silence, which changes all the time, is not.
 */
export function LinkBanner({ moments, databaseReachable }: LinkBannerProps) {
  const reader = useReader()
  const text = bannerText(moments, databaseReachable, reader)
  return (
    <div className="banner-place" role="alert">
      {text === undefined ? null : (
        <div className="banner">
          <Shape mark={severityMarks.critical} />
          <div>
            <p>{text.what}</p>
            <p className="banner-length" aria-live="off">
              {text.more}
            </p>
          </div>
        </div>
      )}
    </div>
  )
}

function bannerText(
  { link, shown, lostSince }: Moments,
  databaseReachable: boolean,
  { words, formats }: Reader,
): { what: string; more: string } | undefined {
  if (link.kind === 'lost') {
    if (lostSince === undefined) return { what: words.link.never, more: words.link.trying }
    const time = formats.timeWithSeconds(lostSince)
    const moment = dayOf(lostSince) === dayOf(shown) ? time : `${time} ${formats.day(lostSince).slice(0, 5)}`
    return {
      what: words.link.lostSince(moment),
      more: words.link.lostFor(durationText(link.forMs, words)),
    }
  }
  return databaseReachable ? undefined : { what: words.link.databaseLost, more: words.link.old }
}
