import { useId } from 'react'
import type { Mark, Shape as ShapeName } from '../lib/severity.ts'
import type { Direction } from '../lib/value-view.ts'

/** The symbol of a level. Always beside its word; hidden from readers that hear the word anyway. */
export function Shape({ mark }: { mark: Mark }) {
  return (
    <svg className={`shape tone-${mark.tone}`} viewBox="0 0 20 20" aria-hidden="true">
      <Outline name={mark.shape} />
    </svg>
  )
}

function Outline({ name }: { name: ShapeName }) {
  switch (name) {
    case 'diamond':
      return <path d="M10 0.6 19.4 10 10 19.4 0.6 10Z" fill="currentColor" />
    case 'triangle':
      return <path d="M10 1.4 19.6 18.4H0.4Z" fill="currentColor" />
    case 'square':
      return <rect x="2" y="2" width="16" height="16" fill="currentColor" />
    case 'disc':
      return <circle cx="10" cy="10" r="8.2" fill="currentColor" />
    case 'ring':
      return <circle cx="10" cy="10" r="6.6" fill="none" stroke="currentColor" strokeWidth="2.8" />
    case 'hatch':
      return <Hatch />
    case 'dash':
      return <rect x="2" y="8.4" width="16" height="3.2" fill="currentColor" />
  }
}

function Hatch() {
  const clip = useId()
  return (
    <>
      <clipPath id={clip}>
        <rect x="2" y="2" width="16" height="16" />
      </clipPath>
      <rect x="2" y="2" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="2" />
      <path
        d="M-2 14 14 -2M2 20 20 2M10 24 24 10"
        stroke="currentColor"
        strokeWidth="2.4"
        clipPath={`url(#${clip})`}
      />
    </>
  )
}

/** Which way a value moved. An arrow with a shaft: a bare triangle would be the sign of a warning. */
export function Arrow({ direction }: { direction: Direction }) {
  return (
    <svg className="shape arrow" viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M10 18V3M4 9l6-6 6 6"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.8"
        transform={direction === 'down' ? 'rotate(180 10 10)' : undefined}
      />
    </svg>
  )
}
