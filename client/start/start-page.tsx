import { useMemo } from 'react'
import { createReader } from '../lib/reader.tsx'
import type { Settings } from '../lib/settings.ts'
import { paths } from '../paths.ts'
import './start.css'

/** The first page: where to go. `unknown` says that the address led nowhere. */
export default function StartPage({ settings, unknown }: { settings: Settings; unknown: boolean }) {
  const { words } = useMemo(() => createReader(settings.language), [settings.language])
  const { start } = words
  const other = settings.language === 'vi' ? 'en' : 'vi'
  const suffix = settings.language === 'en' ? '?lang=en' : ''
  const links = [
    { href: `${paths.wall}${suffix}`, name: start.wall, hint: start.wallHint },
    { href: paths.apiDocs, name: start.api, hint: start.apiHint },
    { href: paths.status, name: start.status, hint: start.statusHint },
  ]
  return (
    <div className="start">
      <header>
        <p className="start-department">{words.department}</p>
        <h1>{words.product}</h1>
        <p className="start-lead">{unknown ? start.unknown : start.lead}</p>
      </header>
      {unknown ? (
        <p>
          <a href={paths.start}>{start.toStart}</a>
        </p>
      ) : (
        <nav>
          <ul>
            {links.map((link) => (
              <li key={link.href}>
                <a href={link.href}>
                  <strong>{link.name}</strong>
                  <span>{link.hint}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <p>
        <a href={`${paths.start}?lang=${other}`} lang={other}>
          {start.otherLanguage}
        </a>
      </p>
    </div>
  )
}
