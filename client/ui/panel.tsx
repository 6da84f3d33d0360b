import { type ReactNode, useId } from 'react'

/** A titled part of a screen. */
export function Panel({
  name,
  title,
  note,
  children,
}: {
  name: string
  title: string
  note?: string
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className={`panel panel-${name}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span className="panel-note">{note}</span>}
      </header>
      {children}
    </section>
  )
}
