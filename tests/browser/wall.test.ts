import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { floorVh } from '../../client/lib/type-scale.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { builtClient } from '../helpers/client-build.ts'
import { layoutFaults } from '../helpers/wall-layout.ts'
import { eventOf, indicatorValue } from '../helpers/wall-province.ts'
import { WallServer, type WallServerOptions } from '../helpers/wall-server.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  ;[browser, folder] = await Promise.all([launchBrowser(), builtClient()])
})
afterAll(() => browser.close())

interface Setting {
  width?: number
  height?: number
  query?: string
  data?: NonNullable<WallServerOptions['data']>
}

/** A wall before a server of its own, once it shows its first snapshot; both are gone after the test. */
async function openWall({ width = 1920, height = 1080, query = '', data = 'morning' }: Setting = {}) {
  const server = new WallServer({ folder, data })
  await server.start()
  onTestFinished(() => server.stop())
  const page = await browser.newPage({ viewport: { width, height } })
  onTestFinished(() => page.close())
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  await page.goto(`${server.url}/wall${query}`)
  await page.waitForSelector('.tile-foot:not(:empty)')
  await page.waitForSelector('.cell')
  await page.evaluate(() => document.fonts.ready)
  return { server, page, failures }
}

/** Pictures for people to look at, where a folder is given for them. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const target = process.env['ARTEFACTS_DIR']
  if (target === undefined) return
  mkdirSync(target, { recursive: true })
  const { width } = page.viewportSize()!
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(target, `${name}.png`), fullPage: width < 800 })
}

const text = (page: Page, selector: string) => page.innerText(selector)
const tile = (page: Page, id: string) => text(page, `[data-indicator="${id}"]`)

describe('the wall', () => {
  test('shows strip, tiles, map, attendance and events of its province', async () => {
    const { page, failures } = await openWall()
    expect(await text(page, '.strip')).toMatch(/^09:42/)
    expect(await text(page, '.strip')).toContain('Thứ Hai, 23/11/2026')
    expect(await text(page, '.strip')).toContain('Đồng hồ mô phỏng')
    expect(await text(page, '.strip')).toContain('Dữ liệu mô phỏng')
    expect(await text(page, '.strip')).toContain('Số liệu tổng hợp, không định danh')
    expect(await text(page, '.strip-schools')).toMatch(/1\.489 mở\s+12 đóng cửa, 16 chưa báo/)
    expect(await tile(page, 'attendance-rate')).toMatch(
      /Chuyên cần\s+09:42\s+97,9\s*%\s+0,4 điểm\s+Đạt\s+1\.481\/1\.517 trường/,
    )
    expect(await page.locator('.kpi-grid .tile').count()).toBe(8)
    expect(await page.locator('.cell').count()).toBe(21)
    expect(await text(page, '[data-area="412"]')).toContain('Vinh')
    expect(await text(page, '.panel-attendance')).toMatch(/Sĩ số\s+421\.640\s+—/)
    expect(await text(page, '[data-event="6"]')).toMatch(/09:33\s*Kỳ Sơn\s+Mất điện 37\/64 trường/)
    expect(failures).toEqual([])
  })

  test('paints a patch, and keeps what did not change', async () => {
    const { page, server } = await openWall()
    const fresh = eventOf('99', 0, { areaName: 'Vinh', kind: 'power-back', severity: 'info' })
    const worse = indicatorValue('attendance-rate', 'morning', { value: 94.2, previous: 97.46 })
    const vinh = indicatorValue('attendance-rate', 'morning', { value: 91 })
    server.change(
      [
        { area: '40', values: [worse] },
        { area: '412', values: [vinh] },
      ],
      [fresh],
    )
    await page.waitForSelector('[data-event="99"]')
    expect(await tile(page, 'attendance-rate')).toMatch(/94,2\s*%\s+3,3 điểm\s+Nghiêm trọng/)
    expect(await text(page, '[data-area="412"]')).toContain('91,0')
    expect(await tile(page, 'late-rate')).toContain('1,3')
    expect(server.snapshots).toBe(1)
  })

  test('with no data says so, with a dash and a reason, and nowhere shows a zero for it', async () => {
    const { page, failures } = await openWall({ data: 'empty' })
    expect(await tile(page, 'attendance-rate')).toMatch(/—\s+Chưa đủ số liệu\s+0\/1\.517 trường/)
    expect(await text(page, '.panel-attendance')).toContain('Chưa có lớp nào điểm danh')
    expect(await text(page, '.panel-events')).toContain('Chưa có diễn biến nào hôm nay')
    expect(await text(page, '.strip')).toContain('Chưa nhận được dữ liệu')
    for (const figure of await page.locator('.tile-value, .cell-figure').allInnerTexts())
      expect(figure).toBe('—')
    await keepPicture(page, 'wall-1920x1080-empty')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    expect(failures).toEqual([])
  })

  test('speaks English when asked, and says so to the browser', async () => {
    const { page } = await openWall({ query: '?lang=en' })
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    expect(await tile(page, 'attendance-rate')).toMatch(
      /Attendance\s+09:42\s+97\.9\s*%\s+0\.4 pts\s+On target\s+1,481\/1,517 schools/,
    )
    expect(await text(page, '.strip')).toContain('Simulated data')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
  })

  test('colours its map by another indicator by address or key, and goes back with Escape', async () => {
    const { page } = await openWall({ query: '?indicator=late-rate' })
    expect(await text(page, '.legend-title')).toBe('Đi muộn, %')
    await page.keyboard.press('6')
    expect(await text(page, '.legend-title')).toBe('Phòng đạt CO2, %')
    expect(await text(page, '[data-area="412"] .cell-figure')).toBe('88,7')
    await page.keyboard.press('Escape')
    expect(await text(page, '.legend-title')).toBe('Đi muộn, %')
  })

  test('draws every Vietnamese letter in its own fonts, with figures of equal width', async () => {
    const { page } = await openWall()
    const measured = await page.evaluate(async () => {
      const letters = 'ẲẴỠỮ₫ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ'
      const all = [...letters, ...letters.toUpperCase()]
      const context = document.createElement('canvas').getContext('2d')!
      const width = (font: string, what: string) => {
        context.font = font
        return context.measureText(what).width
      }
      const foreign: string[] = []
      for (const family of ['Be Vietnam Pro', 'IBM Plex Sans']) {
        for (const weight of [400, 600]) {
          await document.fonts.load(`${weight} 100px '${family}'`, all.join(''))
          // A letter the family lacks is drawn by the fallback, and then changes width with the fallback.
          for (const letter of all) {
            const serif = width(`${weight} 100px '${family}', serif`, letter)
            const mono = width(`${weight} 100px '${family}', monospace`, letter)
            if (serif !== mono || serif === 0) foreign.push(`${family} ${letter}`)
          }
        }
      }
      const digits = ['111.111', '888.888'].map((what) => width("600 100px 'IBM Plex Sans'", what))
      const loaded = [...document.fonts].filter((font) => font.status === 'loaded').length
      return { foreign, digits, loaded }
    })
    expect(measured.foreign).toEqual([])
    expect(measured.digits[0]).toBe(measured.digits[1])
    expect(measured.loaded).toBe(12)
  })

  test('asks nothing of any other host', async () => {
    const { page, server } = await openWall()
    const hosts = await page.evaluate(() =>
      performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin),
    )
    expect(new Set(hosts)).toEqual(new Set([server.url]))
  })
})

describe('the layout', () => {
  test.each([
    { name: '1920x1080', width: 1920, height: 1080, query: '' },
    { name: '3840x1080', width: 3840, height: 1080, query: '' },
    { name: '5120x1440', width: 5120, height: 1440, query: '' },
    { name: '3840x2160', width: 3840, height: 2160, query: '' },
    { name: '1920x1080-light', width: 1920, height: 1080, query: '?theme=light' },
    { name: '1920x1080-five-heights', width: 1920, height: 1080, query: '?d=5&h=1' },
    { name: '1920x1080-six-heights', width: 1920, height: 1080, query: '?d=6&h=1' },
  ])('at $name has no scrollbar, overlap, cut or small text', async ({ name, width, height, query }) => {
    const server = new WallServer({ folder })
    await server.start()
    onTestFinished(() => server.stop())
    const page = await browser.newPage({ viewport: { width, height } })
    onTestFinished(() => page.close())
    await page.goto(`${server.url}/wall${query}`)
    await page.waitForSelector('.tile-status')
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent !== '—')
    const distance = Number(new URLSearchParams(query).get('d') ?? 4)
    const floorPx = (floorVh(distance, 1) * height) / 100
    const keepOutPx = width / height > 2.5 ? (2 * height) / 108 : 0
    await keepPicture(page, `wall-${name}`)
    expect(await layoutFaults(page, { floorPx, keepOutPx })).toEqual([])
  })

  test('has letters of the same apparent size on full HD and 4K', async () => {
    const sizes: number[][] = []
    for (const [width, height] of [
      [1920, 1080],
      [3840, 2160],
    ] as const) {
      const { page } = await openWall({ width, height })
      const shares = await page.evaluate(() =>
        ['.clock', '.tile-value', '.tile-head h3', '.cell-name', '.panel-head h2', '.event-what'].map(
          (selector) =>
            Number.parseFloat(getComputedStyle(document.querySelector(selector)!).fontSize) / innerHeight,
        ),
      )
      sizes.push(shares)
    }
    for (const [index, share] of sizes[0]!.entries()) expect(sizes[1]![index]! / share).toBeCloseTo(1, 2)
  })

  test('keeps the strip on top whatever is below it', async () => {
    const { page, server } = await openWall()
    const box = async () => (await page.locator('.strip').boundingBox())!
    const before = await box()
    server.change(
      [],
      Array.from({ length: 20 }, (_, index) => eventOf(`9${index}`, 0, { kind: 'link-lost' })),
    )
    await page.waitForSelector('[data-event="919"]')
    expect(await box()).toEqual(before)
    expect(await page.locator('.events li').count()).toBeLessThanOrEqual(6)
    expect(before.y).toBeLessThan(30)
  })

  test('on a telephone is one readable column', async () => {
    const { page } = await openWall({ width: 390, height: 844 })
    await keepPicture(page, 'wall-390x844')
    const { sideways, columns, small } = await page.evaluate(() => ({
      sideways: document.scrollingElement!.scrollWidth - innerWidth,
      columns: new Set(
        [...document.querySelectorAll('.tile, .panel')].map((part) =>
          Math.round(part.getBoundingClientRect().left),
        ),
      ).size,
      small: [...document.querySelectorAll('.wall *')].filter(
        (part) => Number.parseFloat(getComputedStyle(part).fontSize) < 13,
      ).length,
    }))
    expect({ sideways, columns, small }).toEqual({ sideways: 0, columns: 1, small: 0 })
  })
})

describe('the start page', () => {
  test('leads to the wall, the documentation of the API and the status, in both languages', async () => {
    const server = new WallServer({ folder })
    await server.start()
    onTestFinished(() => server.stop())
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(server.url)
    await page.waitForSelector('nav')
    const links = () =>
      page.locator('nav a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    expect(await page.locator('nav strong').allInnerTexts()).toContain('Màn hình điều hành')
    expect(await links()).toEqual(['/wall', '/api/docs', '/api/v1/status'])
    await page.click('text=English')
    await page.waitForSelector('html[lang=en] nav')
    expect(await page.locator('nav strong').allInnerTexts()).toContain('Operations wall')
    expect(await links()).toEqual(['/wall?lang=en', '/api/docs', '/api/v1/status'])
  })
})
