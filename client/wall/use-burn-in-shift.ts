import { useEffect, useState } from 'react'

const MOVE_EVERY_MS = 180_000
/** Pixels the picture is moved by in turn, so that no edge burns into the screen. */
const PLACES = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
] as const

/** The offset of the picture in pixels, `x px y px`; it moves by two pixels every three minutes. */
export function useBurnInShift(): string {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTurn((now) => (now + 1) % PLACES.length), MOVE_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const [x, y] = PLACES[turn]!
  return `${x}px ${y}px`
}
