import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../helpers/browser.ts'
import { builtClient } from '../helpers/client-build.ts'
import { layoutFaults } from '../helpers/wall-layout.ts'
import { keepPictures, openWall, readText } from '../helpers/wall-page.ts'
import { eventOf, indicatorValue } from '../helpers/wall-province.ts'

let browser: Browser

beforeAll(async () => {
  ;[browser] = await Promise.all([launchBrowser(), builtClient()])
})
afterAll(() => browser.close())

/** Everything a viewer reads of the scene, without what time alone changes. */
const reading = (page: Page) =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.tile-figure, .tile-status, .tile-foot, .cell, .table, .events li',
      ),
    ].map((part) => part.textContent),
  )

const attendance = (value: number) => indicatorValue('attendance-rate', 'morning', { value, previous: 97 })

describe('a wall whose server is gone', () => {
  test('says so within ten seconds of the last contact, keeps its values, marked, and comes back by itself', async () => {
    const { page, server } = await openWall(browser)
    const before = await page.locator('.tile-value').allInnerTexts()
    server.beat()
    const lastContact = Date.now()
    await server.stop()
    await page.waitForSelector('.banner', { timeout: 12_000 })
    // Looked at once a second: ten seconds, and up to one more until the next look.
    expect(Date.now() - lastContact).toBeLessThan(11_500)
    expect(await readText(page, '.banner')).toMatch(/Mất liên lạc với máy chủ từ 09:42:\d\d/)
    expect(await page.getAttribute('.banner-place', 'role')).toBe('alert')
    expect(await page.locator('.tile-value').allInnerTexts()).toEqual(before)
    const levels = await page
      .locator('.tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-freshness')))
    expect(new Set(levels)).toEqual(new Set(['stale']))
    expect(await readText(page, '[data-indicator="attendance-rate"]')).toMatch(/Cũ · \d+ giây/)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    await keepPictures(page, 'disconnected')
    await page.setViewportSize({ width: 3840, height: 1080 })
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 20 })).toEqual([])

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
    const { page, server } = await openWall(browser)
    const lost = eventOf('60', 0, { areaName: 'Vinh', kind: 'power-lost', params: { schools: 3, total: 90 } })
    server.change([{ area: '412', values: [attendance(88)] }], [lost], { lost: true })
    server.change([{ area: '40', values: [attendance(92.25)] }])
    await page.waitForSelector('[data-event="60"]')
    expect(server.snapshots).toBe(2)
    expect(await readText(page, '[data-area="412"]')).toContain('88,0')
    const after = await reading(page)
    await page.reload()
    await page.waitForSelector('[data-event="60"]')
    expect(await reading(page)).toEqual(after)
  })

  test('notices it from a beat when no other comes', async () => {
    const { page, server } = await openWall(browser)
    server.change([{ area: '40', values: [attendance(93.5)] }], [], { lost: true })
    server.beat()
    await page.waitForFunction(() => document.querySelector('.tile-value')?.textContent === '93,5')
    expect(server.snapshots).toBe(2)
  })
})

describe('a wall whose schools fell silent', () => {
  test('marks every value with its age, though the link is well', async () => {
    const { page, server } = await openWall(browser)
    server.frozenAt = server.shown() - 245_000
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="stale"]')
    expect(await readText(page, '[data-indicator="attendance-rate"]')).toContain('Cũ · 4 phút')
    expect(await readText(page, '.strip')).toContain('Dữ liệu 4 phút trước')
    expect(await page.locator('.banner').count()).toBe(0)
    expect(await page.getAttribute('.panel-map', 'data-stale')).toBe('true')
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])
    await keepPictures(page, 'stale')

    server.frozenAt = server.shown() - 125_000
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="ageing"]')
    expect(await readText(page, '[data-indicator="attendance-rate"]')).toMatch(/Đạt\s+2 phút/)
    expect(await layoutFaults(page, { floorPx: 28, keepOutPx: 0 })).toEqual([])

    server.frozenAt = undefined
    server.beat()
    await page.waitForSelector('[data-indicator="attendance-rate"][data-freshness="fresh"]')
  })

  test('ages one source that fell silent, and no other', async () => {
    const { page, server } = await openWall(browser)
    const old = indicatorValue('device-online-rate', 'now', { value: 96, at: server.shown() - 1_205_000 })
    server.change([{ area: '40', values: [old] }])
    await page.waitForSelector('[data-indicator="device-online-rate"][data-freshness="stale"]')
    expect(await readText(page, '[data-indicator="device-online-rate"]')).toContain('Cũ · 20 phút')
    expect(await page.locator('.tile[data-freshness="stale"]').count()).toBe(1)
  })

  test('says when the server cannot read its database', async () => {
    const { page, server } = await openWall(browser)
    server.system = { databaseReachable: false }
    server.beat()
    await page.waitForSelector('.banner')
    expect(await readText(page, '.banner')).toContain('Máy chủ không đọc được cơ sở dữ liệu')
    server.system = {}
    server.beat()
    await page.waitForSelector('.banner', { state: 'detached' })
  })
})
