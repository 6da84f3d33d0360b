import type { Cells } from './cells.ts'

export interface SiteRow {
  code: string
  name: string
  main: boolean
}

export const MAIN_SITE = 'main'

/** The main site and the branch sites (điểm trường), whose names stand in one cell with | between them. */
export function readSites(cells: Cells): SiteRow[] {
  const sites: SiteRow[] = [{ code: MAIN_SITE, name: 'Điểm trường chính', main: true }]
  for (const name of cells
    .text('branch_sites')
    .split('|')
    .map((part) => part.trim())) {
    if (name === '') continue
    const code = siteCode(name)
    if (code === '' || sites.some((site) => site.code === code)) {
      cells.refuse('branch_sites', {
        vi: `tên điểm trường "${name}" trùng với điểm khác hoặc không có chữ cái nào`,
        en: `the site name "${name}" is another site's too, or has no letters`,
      })
    } else {
      sites.push({ code, name, main: false })
    }
  }
  return sites
}

/** The code of a site made from its name, without Vietnamese marks: the same name gives the same code every time. */
export function siteCode(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
