import { useQueryClient } from '@tanstack/react-query'
import { type CSSProperties, useEffect, useMemo } from 'react'
import { createReader, ReaderProvider } from '../lib/reader.tsx'
import type { Settings } from '../lib/settings.ts'
import { typeScale } from '../lib/type-scale.ts'
import { LiveSession } from '../live/session.ts'
import { createSocket } from '../live/socket.ts'
import { LiveStore } from '../live/store.ts'
import { useMoments, useScreen } from '../live/use-live.ts'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { Failure } from '../ui/failure.tsx'
import { useWakeLock } from '../ui/use-wake-lock.ts'
import { Overview } from './overview.tsx'
import { Strip } from './strip.tsx'
import { useBurnInShift } from './use-burn-in-shift.ts'
import { useMapChoice } from './use-map-choice.ts'
import { useReload } from './use-reload.ts'
import './wall.css'
import './strip.css'
import './tile.css'
import './map.css'
import './side.css'
import './phone.css'

/** The wall: strip and scene, unattended for weeks. */
export default function WallPage({ settings }: { settings: Settings }) {
  const reader = useMemo(() => createReader(settings.language), [settings.language])
  const { factor, density } = typeScale(settings.distance, settings.height)
  const shift = useBurnInShift()
  useLiveSession(settings.area)
  useWakeLock()
  return (
    <ReaderProvider value={reader}>
      <div
        className="wall"
        data-density={density}
        style={{ '--letters': factor, translate: shift } as CSSProperties}
      >
        <Scene settings={settings} density={density} />
      </div>
    </ReaderProvider>
  )
}

function Scene({ settings, density }: { settings: Settings; density: 'full' | 'half' }) {
  const screen = useScreen()
  const moments = useMoments()
  const mapIndicator = useMapChoice(settings.indicator)
  useReload(screen?.system.version, screen?.events[0]?.id, moments.link.kind === 'live')
  return (
    <>
      <ErrorBoundary fallback={<Failure />}>
        <Strip system={screen?.system} moments={moments} />
      </ErrorBoundary>
      <ErrorBoundary fallback={<Failure />}>
        <Overview
          screen={screen}
          moments={moments}
          area={settings.area}
          mapIndicator={mapIndicator}
          density={density}
        />
      </ErrorBoundary>
    </>
  )
}

/** One live session for the life of the page. */
function useLiveSession(area: string): void {
  const client = useQueryClient()
  useEffect(() => {
    const now = () => Date.now()
    const session = new LiveSession({
      socket: createSocket(),
      store: new LiveStore(client, now),
      request: { tree: 'former-district', area },
      now,
      random: Math.random,
    })
    session.start()
    return () => session.stop()
  }, [client, area])
}
