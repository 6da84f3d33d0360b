import type { Mark } from '../lib/severity.ts'
import { Shape } from './shape.tsx'

/** A level by shape, colour and word. */
export function StatusMark({ mark, word }: { mark: Mark; word: string }) {
  return (
    <span className={`status tone-${mark.tone}`}>
      <Shape mark={mark} />
      <span className="status-word">{word}</span>
    </span>
  )
}
