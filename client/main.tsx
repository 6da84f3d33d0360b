import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './fonts.css'
import './tokens.css'
import { loadFonts } from './lib/fonts.ts'
import { createQueryClient } from './lib/query-client.ts'
import { readSettings } from './lib/settings.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { Failure } from './ui/failure.tsx'
import { reloadOnMissingFiles } from './wall/use-reload.ts'

const { language, theme } = readSettings(window.location.search)
document.documentElement.lang = language
document.documentElement.dataset['theme'] = theme
reloadOnMissingFiles()

// Charts measure text once, when they are first drawn: with the fonts they will be read in.
await loadFonts()

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={createQueryClient()}>
    <ErrorBoundary fallback={<Failure />}>
      <App />
    </ErrorBoundary>
  </QueryClientProvider>,
)
