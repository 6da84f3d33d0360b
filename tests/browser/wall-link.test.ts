import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from '../helpers/browser.ts'
import { builtClient } from '../helpers/client-build.ts'
import { layoutFaults } from '../helpers/wall-layout.ts'
import { eventOf, indicatorValue } from '../helpers/wall-province.ts'
import { WallServer } from '../helpers/wall-server.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  ;[browser, folder] = await Promise.all([launchBrowser(), builtClient()])
})
afterAll(() => browser.close())

async function openWall(width = 1920, height = 1080) {
  const server = new WallServer({ folder })
  await server.start()
  onTestFinished(() => server.stop())
  const page = await browser.newPage({ viewport: { width, height } })
  onTestFinished(() => page.close())
  await page.goto(`${server.url}/wall`)
  await page.waitForSelector('.kpi-grid [data-freshness]')
  await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent !== '—')
  return { server, page }
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const target = process.env['ARTEFACTS_DIR']
  if (target === undefined) return
  mkdirSync(target, { recursive: true })
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(target, `${name}.png`) })
}

/** Everything a viewer reads of the scene, without what time alone changes. */
const reading = (page: Page) =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.tile-figure, .tile-status, .tile-foot, .cell, .table, .events li',
      ),
    ].map((part) => part.innerText),
  )

const attendance = (value: number) => indicatorValue('attendance-rate', 'morning', { value, previous: 97 })

describe('a wall whose server is gone', () => {
  test('says so within ten seconds of the last contact, keeps its values, marked, and comes back by itself', async () => {
    const { page, server } = await openWall()
    const before = await page.locator('.tile-value').allInnerTexts()
    server.beat()
    const lastContact = Date.now()
    await server.stop()
    await page.waitForSelector('.banner', { timeout: 12_000 })
    // Looked at once a second: ten seconds, and up to one more until the next look.
    expect(Date.now() - lastContact).toBeLessThan(11_500)
    expect(await page.innerText('.banner')).toMatch(/Mất liên lạc với máy chủ từ 09:42:\d\d/)
    expect(await page.getAttribute('.banner-place', 'role')).toBe('alert')
    expect(await page.locator('.tile-value').allInnerTexts()).toEqual(before)
    const levels = await page
      .locator('.tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-freshness')))
    expect(new Set(levels)).toEqual(new Set(['stale']))
    expect(await page.innerText('[data-indicator="attendance-rate"]')).toMatch(/Cũ · \d+ giây/)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    await keepPicture(page, 'wall-1920x1080-disconnected')
    await page.setViewportSize({ width: 3840, height: 1080 })
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 20 })).toEqual([])
    await keepPicture(page, 'wall-3840x1080-disconnected')

    const back = eventOf('50', 0, { areaName: 'Vinh', kind: 'power-back', severity: 'info' })
    server.change([{ area: '40', values: [attendance(91.5)] }], [back], { lost: true })
    await server.start()
    await page.waitForSelector('.banner', { state: 'detached', timeout: 12_000 })
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent === '91,5')
    expect(await page.locator('[data-event="50"]').count()).toBe(1)
    const after = await reading(page)
    await page.reload()
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent === '91,5')
    expect(await reading(page)).toEqual(after)
  })
})

describe('a wall that lost a patch', () => {
  test('notices it from the next one and ends in the same screen as a fresh snapshot', async () => {
    const { page, server } = await openWall()
    const lost = eventOf('60', 0, { areaName: 'Vinh', kind: 'power-lost', params: { schools: 3, total: 90 } })
    server.change([{ area: '412', values: [attendance(88)] }], [lost], { lost: true })
    server.change([{ area: '40', values: [attendance(92.25)] }])
    await page.waitForSelector('[data-event="60"]')
    expect(server.snapshots).toBe(2)
    expect(await page.innerText('[data-area="412"]')).toContain('88,0')
    const after = await reading(page)
    await page.reload()
    await page.waitForSelector('[data-event="60"]')
    expect(await reading(page)).toEqual(after)
  })

  test('notices it from a beat when no other comes', async () => {
    const { page, server } = await openWall()
    server.change([{ area: '40', values: [attendance(93.5)] }], [], { lost: true })
    server.beat()
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent === '93,5')
    expect(server.snapshots).toBe(2)
  })
})

describe('a wall whose schools fell silent', () => {
  test('marks every value with its age, though the link is well', async () => {
    const { page, server } = await openWall()
    server.frozenAt = server.shown() - 245_000
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="stale"]')
    expect(await page.innerText('[data-indicator="attendance-rate"]')).toContain('Cũ · 4 phút')
    expect(await page.innerText('.strip')).toContain('Dữ liệu 4 phút trước')
    expect(await page.locator('.banner').count()).toBe(0)
    expect(await page.getAttribute('.panel-map', 'data-stale')).toBe('true')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    await keepPicture(page, 'wall-1920x1080-stale')

    server.frozenAt = server.shown() - 125_000
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="ageing"]')
    expect(await page.innerText('[data-indicator="attendance-rate"]')).toMatch(/Đạt\s+2 phút/)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])

    server.frozenAt = undefined
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="fresh"]')
  })

  test('ages one source that fell silent, and no other', async () => {
    const { page, server } = await openWall()
    const old = indicatorValue('device-online-rate', 'now', { value: 96, at: server.shown() - 1_205_000 })
    server.change([{ area: '40', values: [old] }])
    await page.waitForSelector('[data-indicator="device-online-rate"][data-freshness="stale"]')
    expect(await page.innerText('[data-indicator="device-online-rate"]')).toContain('Cũ · 20 phút')
    expect(await page.locator('.tile[data-freshness="stale"]').count()).toBe(1)
  })

  test('says when the server cannot read its database', async () => {
    const { page, server } = await openWall()
    server.system = { databaseReachable: false }
    server.beat()
    await page.waitForSelector('.banner')
    expect(await page.innerText('.banner')).toContain('Máy chủ không đọc được cơ sở dữ liệu')
    server.system = {}
    server.beat()
    await page.waitForSelector('.banner', { state: 'detached' })
  })
})

describe('a wall left alone', () => {
  test('does not grow: no nodes, canvases or listeners are left behind by four hundred patches', async () => {
    const { page, server } = await openWall()
    const session = await page.context().newCDPSession(page)
    const counted = async () => {
      await session.send('HeapProfiler.collectGarbage')
      const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
      const canvases = await page.locator('canvas').count()
      return { nodes, jsEventListeners, canvases }
    }
    const play = async (rounds: number, start: number) => {
      for (let round = 0; round < rounds; round++) {
        const fresh = eventOf(String(start + round), 0, { areaName: 'Vinh', kind: 'link-back' })
        server.change([{ area: '40', values: [attendance(90 + (round % 50) / 10)] }], [fresh])
      }
      await page.waitForSelector(`[data-event="${start + rounds - 1}"]`)
    }
    await play(50, 1000)
    const before = await counted()
    await play(400, 2000)
    const after = await counted()
    expect(after.canvases).toBe(before.canvases)
    expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners * 1.02)
    expect(after.nodes).toBeLessThanOrEqual(before.nodes * 1.05)
  })
})
