import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from '../helpers/browser.ts'
import { builtClient } from '../helpers/client-build.ts'
import { openWall, readText } from '../helpers/wall-page.ts'
import { eventOf, indicatorValue } from '../helpers/wall-province.ts'
import { WallServer } from '../helpers/wall-server.ts'

let browser: Browser

beforeAll(async () => {
  ;[browser] = await Promise.all([launchBrowser(), builtClient()])
})
afterAll(() => browser.close())

const attendance = (value: number) => indicatorValue('attendance-rate', 'morning', { value, previous: 97 })

/** A page that is prepared before the wall is opened on it. */
async function blankPage() {
  const server = new WallServer({ folder: await builtClient() })
  await server.start()
  onTestFinished(() => server.stop())
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  onTestFinished(() => page.close())
  return { server, page, wall: `${server.url}/wall` }
}

describe('a wall left alone', () => {
  test('does not grow: no nodes, canvases or listeners are left behind by four hundred patches', async () => {
    const { page, server } = await openWall(browser)
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

  test('keeps its strip when the scene fails, and tries the scene again by itself', async () => {
    const { page, wall } = await blankPage()
    await page.addInitScript(() => {
      const Collator = Intl.Collator
      Object.defineProperty(window, 'heal', { value: () => Object.assign(Intl, { Collator }) })
      // The map sorts its areas by it; without it the scene cannot be drawn.
      Object.assign(Intl, { Collator: undefined })
    })
    await page.goto(wall)
    await page.waitForSelector('.failure')
    expect(await readText(page, '.failure')).toMatch(/Phần này gặp lỗi\s+Đang tự thử lại/)
    expect(await readText(page, '.strip')).toContain('Đã kết nối')
    await page.evaluate('heal()')
    await page.waitForSelector('.cell', { timeout: 15_000 })
    expect(await page.locator('.failure').count()).toBe(0)
  })

  test('asks for the wake lock again whenever the browser took it away', async () => {
    const { page, wall } = await blankPage()
    await page.addInitScript(() => {
      const locks: { released: boolean; release(): Promise<void> }[] = []
      Object.defineProperty(window, 'locks', { value: locks })
      const request = async () => {
        const lock = { released: false, release: async () => {} }
        locks.push(lock)
        return lock
      }
      Object.defineProperty(navigator, 'wakeLock', { value: { request } })
    })
    await page.goto(wall)
    await page.waitForFunction('locks.length === 1')
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(await page.evaluate('locks.length')).toBe(1)
    await page.evaluate("locks[0].released = true; document.dispatchEvent(new Event('visibilitychange'))")
    await page.waitForFunction('locks.length === 2')
  })

  test('loads itself again for a new version, once it is quiet, and not for the same one', async () => {
    const { page, server, wall } = await blankPage()
    await page.clock.install()
    await page.goto(wall)
    await page.waitForSelector('.cell')
    let loads = 0
    page.on('load', () => loads++)
    const letPass = async (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        server.beat()
        await page.clock.runFor(5_000)
      }
    }
    await letPass(90)
    expect(loads).toBe(0)
    server.system = { version: '0.2.0' }
    await letPass(15)
    expect(loads).toBe(0)
    await letPass(15)
    await expect.poll(() => loads, { timeout: 10_000 }).toBe(1)
    await page.waitForSelector('.cell')
  })

  test('asks for less than 350 KB of program', async () => {
    const folder = join(await builtClient(), 'assets')
    const parts = readdirSync(folder).filter(
      (name) => /\.(js|css)$/.test(name) && !name.startsWith('start-page'),
    )
    const bytes = parts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(350 * 1024)
  })
})
