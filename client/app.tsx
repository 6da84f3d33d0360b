import { lazy, Suspense } from 'react'
import { readSettings } from './lib/settings.ts'
import { pageOf } from './paths.ts'

const WallPage = lazy(() => import('./wall/wall-page.tsx'))
const StartPage = lazy(() => import('./start/start-page.tsx'))

/** Chooses the page by the address; each page is fetched only where it is shown. */
export function App() {
  const settings = readSettings(window.location.search)
  const page = pageOf(window.location.pathname)
  return (
    <Suspense fallback={null}>
      {page === 'wall' ? (
        <WallPage settings={settings} />
      ) : (
        <StartPage settings={settings} unknown={page === 'unknown'} />
      )}
    </Suspense>
  )
}
