import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { builtClient } from './client-build.ts'
import { WallServer, type WallServerOptions } from './wall-server.ts'

export interface WallSetting {
  width?: number
  height?: number
  /** Settings in the address, `?lang=en`. */
  query?: string
  data?: NonNullable<WallServerOptions['data']>
}

export interface OpenWall {
  server: WallServer
  page: Page
  /** Errors nobody caught on the page. */
  failures: string[]
}

/** A wall before a server of its own, once it shows its first snapshot; both are gone after the test. */
export async function openWall(browser: Browser, setting: WallSetting = {}): Promise<OpenWall> {
  const { width = 1920, height = 1080, query = '', data = 'morning' } = setting
  const server = new WallServer({ folder: await builtClient(), data })
  await server.start()
  onTestFinished(() => server.stop())
  const page = await browser.newPage({ viewport: { width, height } })
  onTestFinished(() => page.close())
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  await page.goto(`${server.url}/wall${query}`)
  await page.waitForFunction((empty) => {
    const figure = document.querySelector('.tile-value')?.textContent
    const waiting = document.querySelector('.tile-foot')?.textContent === ''
    return empty ? figure !== undefined && !waiting : figure !== undefined && figure !== '—'
  }, data === 'empty')
  return { server, page, failures }
}

/** What a viewer reads in a part of the page, line by line. */
export async function readText(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join('\n')
}

const SIZES = [
  [1920, 1080],
  [3840, 1080],
  [390, 844],
] as const

/** Pictures for people to look at, in every size, where the environment names a folder for them. */
export async function keepPictures(page: Page, state: string): Promise<void> {
  if (process.env['ARTEFACTS_DIR'] === undefined) return
  const before = page.viewportSize()!
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await keepPicture(page, `wall-${width}x${height}-${state}`)
  }
  await page.setViewportSize(before)
}

/** One picture as the page is; of a telephone, the whole of its column. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['ARTEFACTS_DIR']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: page.viewportSize()!.width < 800 })
}
