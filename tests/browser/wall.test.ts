import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { floorVh } from '../../client/lib/type-scale.ts'
import type { Period } from '../../shared/contract/indicator.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { builtClient } from '../helpers/client-build.ts'
import { layoutFaults } from '../helpers/wall-layout.ts'
import { keepPicture, keepPictures, openWall, readText, type WallSetting } from '../helpers/wall-page.ts'
import { eventOf, type Given, indicatorValue } from '../helpers/wall-province.ts'
import { WallServer } from '../helpers/wall-server.ts'

let browser: Browser

beforeAll(async () => {
  ;[browser] = await Promise.all([launchBrowser(), builtClient()])
})
afterAll(() => browser.close())

const open = (setting: WallSetting = {}) => openWall(browser, setting)
const tile = (page: Page, id: string) => readText(page, `[data-indicator="${id}"]`)

describe('the wall', () => {
  test('shows strip, tiles, map, attendance and events of its province', async () => {
    const { page, failures } = await open()
    await keepPictures(page, 'data')
    expect(await readText(page, '.strip')).toMatch(/^09:42/)
    expect(await readText(page, '.strip')).toContain('Thứ Hai, 23/11/2026')
    expect(await readText(page, '.strip')).toContain('Đồng hồ mô phỏng')
    expect(await readText(page, '.strip')).toContain('Dữ liệu mô phỏng')
    expect(await readText(page, '.strip')).toContain('Số liệu tổng hợp, không định danh')
    expect(await readText(page, '.strip-schools')).toMatch(/1\.489 mở\s+12 đóng, 16 chưa báo/)
    expect(await tile(page, 'attendance-rate')).toMatch(
      /Chuyên cần\s+09:42\s+97,9\s*%\s+0,4 điểm\s+Đạt\s+1\.481\/1\.517 trường/,
    )
    expect(await page.locator('.kpi-grid .tile').count()).toBe(8)
    expect(await page.locator('.cell').count()).toBe(21)
    expect(await readText(page, '[data-area="412"]')).toContain('Vinh')
    expect(await readText(page, '.panel-attendance')).toMatch(/Sĩ số\s+421\.640\s+—/)
    expect(await readText(page, '[data-event="6"]')).toMatch(/09:33\s*Kỳ Sơn\s+Mất điện 37\/64 trường/)
    expect(failures).toEqual([])
  })

  test('paints a patch, and keeps what did not change', async () => {
    const { page, server } = await open()
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
    expect(await readText(page, '[data-area="412"]')).toContain('91,0')
    expect(await tile(page, 'late-rate')).toContain('1,3')
    expect(server.snapshots).toBe(1)
  })

  test('with no data says so, with a dash and a reason, and nowhere shows a zero for it', async () => {
    const { page, failures } = await open({ data: 'empty' })
    expect(await tile(page, 'attendance-rate')).toMatch(/—\s+Chưa đủ số liệu\s+0\/1\.517 trường/)
    expect(await readText(page, '.panel-attendance')).toContain('Chưa có lớp nào điểm danh')
    expect(await readText(page, '.panel-events')).toContain('Chưa có diễn biến nào hôm nay')
    expect(await readText(page, '.strip')).toContain('Chưa nhận được dữ liệu')
    for (const figure of await page.locator('.tile-value, .cell-figure').allInnerTexts())
      expect(figure).toBe('—')
    await keepPictures(page, 'empty')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    expect(failures).toEqual([])
  })

  test('speaks English when asked, and says so to the browser', async () => {
    const { page } = await open({ query: '?lang=en' })
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    expect(await tile(page, 'attendance-rate')).toMatch(
      /Attendance\s+09:42\s+97\.9\s*%\s+0\.4 pts\s+On target\s+1,481\/1,517 schools/,
    )
    expect(await readText(page, '.strip')).toContain('Simulated data')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
  })

  test('colours its map by another indicator by address or key, and goes back with Escape', async () => {
    const { page } = await open({ query: '?indicator=late-rate' })
    expect(await readText(page, '.legend-title')).toBe('Đi muộn, %')
    await page.keyboard.press('6')
    expect(await readText(page, '.legend-title')).toBe('Phòng đạt CO2, %')
    expect(await readText(page, '[data-area="412"] .cell-figure')).toBe('88,7')
    await page.keyboard.press('Escape')
    expect(await readText(page, '.legend-title')).toBe('Đi muộn, %')
  })

  test('draws every Vietnamese letter in its own fonts, with figures of equal width', async () => {
    const { page } = await open()
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
    const { page, server } = await open()
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
    const { page } = await open({ width, height, query })
    const distance = Number(new URLSearchParams(query).get('d') ?? 4)
    const floorPx = (floorVh(distance, 1) * height) / 100
    const keepOutPx = width / height > 2.5 ? (2 * height) / 108 : 0
    await keepPicture(page, `wall-${name}`)
    expect(await layoutFaults(page, { floorPx, keepOutPx })).toEqual([])
  })

  test.each(['', '?lang=en'])('holds the widest of everything that may come (%s)', async (query) => {
    const { page, server } = await open({ query })
    const widest: [string, Period, Given][] = [
      ['attendance-rate', 'morning', { value: 84.64, previous: 97.1 }],
      ['roll-completeness', 'morning', { value: 100, previous: 87.6 }],
      ['schools-open', 'morning', { value: 20.64, previous: 100, reporting: 313 }],
      ['late-rate', 'morning', { value: 12.34, previous: 0, reporting: 1212 }],
      ['co2-good-share', 'day', { value: 51.2, previous: 99.4 }],
      ['power-availability', 'day', { value: null, expected: 0 }],
      ['device-online-rate', 'now', { value: 96, at: server.shown() - 10 * 60_000 }],
      ['co2-rooms-over', 'now', { value: 1284 }],
      ['yard-water-depth', 'now', { value: 112.5 }],
      ['flood-alarm-level', 'now', { value: null }],
    ]
    const values = widest.map(([id, period, given]) => indicatorValue(id, period, given))
    server.system = { openSchools: 1489, closedSchools: 1204, unreportedSchools: 1217 }
    server.system.clock = { ...server.systemState().clock, speed: 1.5 }
    server.system.newestDataAt = new Date(server.shown() - 26 * 3_600_000).toISOString()
    server.change([{ area: '40', values }])
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent?.startsWith('84'))
    await keepPicture(page, `wall-1920x1080-widest${query.slice(-2)}`)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    server.system.newestDataAt = new Date(server.shown()).toISOString()
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="fresh"]')
    await keepPicture(page, `wall-1920x1080-wide-fresh${query.slice(-2)}`)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
  })

  test('has letters of the same apparent size on full HD and 4K', async () => {
    const sizes: number[][] = []
    for (const [width, height] of [
      [1920, 1080],
      [3840, 2160],
    ] as const) {
      const { page } = await open({ width, height })
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
    const { page, server } = await open()
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
    const { page } = await open({ width: 390, height: 844 })
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
    const server = new WallServer({ folder: await builtClient() })
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
