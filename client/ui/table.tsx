import type { ReactNode } from 'react'

export interface TableRow {
  key: string
  head: ReactNode
  cells: readonly string[]
}

/** Figures by row and column; the first column names the row. */
export function Table({
  caption,
  corner,
  columns,
  rows,
}: {
  caption: string
  /** What the figures count. */
  corner: string
  columns: readonly string[]
  rows: readonly TableRow[]
}) {
  return (
    <table className="table">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <td>{corner}</td>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} data-row={row.key}>
            <th scope="row">{row.head}</th>
            {row.cells.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the column is what tells a cell from its neighbours
              <td key={index} className="number">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
