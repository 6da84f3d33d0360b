import { useEffect, useState } from 'react'
import { MAP_INDICATORS } from './overview-list.ts'

/** A choice made by hand holds this long; then the wall is again what it was set up to be. */
const RESUME_MS = 120_000

/** The indicator of the map: as the address says, else the first; keys 1 to 9 choose, Escape goes back. */
export function useMapChoice(preset: string | undefined): string {
  const [chosen, setChosen] = useState<string>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const choice = MAP_INDICATORS[Number(event.key) - 1]
      if (choice === undefined && event.key !== 'Escape') return
      clearTimeout(timer)
      setChosen(choice)
      timer = choice === undefined ? undefined : setTimeout(() => setChosen(undefined), RESUME_MS)
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
      clearTimeout(timer)
    }
  }, [])
  return chosen ?? preset ?? MAP_INDICATORS[0]
}
