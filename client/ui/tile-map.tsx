import { memo, type ReactNode } from 'react'
import type { Mark } from '../lib/severity.ts'
import type { CoverageLevel } from '../lib/value-view.ts'
import { Shape } from './shape.tsx'

export interface MapCell {
  code: string
  name: string
  row: number
  col: number
  figure: string
  /** Step of the ramp; undefined: nothing to show. */
  step: number | undefined
  /** Only what is abnormal carries a sign. */
  mark: Mark | undefined
  statusWord: string
  coverageLevel: CoverageLevel
}

/** Areas as equal tiles on a grid. `children` (title, legend) lie where the province has no tiles. */
export function TileMap({ cells, children }: { cells: readonly MapCell[]; children: ReactNode }) {
  return (
    <div className="tile-map">
      {children}
      {cells.map((cell) => (
        <Cell key={cell.code} {...cell} />
      ))}
    </div>
  )
}

const Cell = memo(function Cell(cell: MapCell) {
  const ramp = cell.step === undefined ? 'ramp-none' : `ramp-${cell.step}`
  return (
    <div
      className={`cell ${ramp}`}
      style={{ gridRow: cell.row + 1, gridColumn: cell.col + 1 }}
      data-area={cell.code}
      data-coverage={cell.coverageLevel}
      title={`${cell.name}: ${cell.figure}, ${cell.statusWord}`}
    >
      <span className="cell-name">{cell.name}</span>
      <span className="cell-figure number">{cell.figure}</span>
      {cell.mark === undefined ? null : (
        <span className="cell-mark" role="img" aria-label={cell.statusWord}>
          <Shape mark={cell.mark} />
        </span>
      )}
    </div>
  )
})
