import { readFileSync } from 'node:fs'

/** Reads a statement kept in a .sql file beside the module: `sql(import.meta.url, 'sql/latest.sql')`. */
export function sql(moduleUrl: string, path: string): string {
  return readFileSync(new URL(path, new URL('.', moduleUrl)), 'utf8')
}
