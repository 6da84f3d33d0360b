import { type ReactNode, useId } from 'react'

/** A titled part of a screen. */
export function Panel({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={`panel panel-${name}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
      </header>
      {children}
    </section>
  )
}
