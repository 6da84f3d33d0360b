import type { Page } from 'playwright-core'

export interface LayoutRules {
  /** Smallest font size allowed, in pixels. */
  floorPx: number
  /** Half the width of the strip in the middle that stays free, in pixels; 0: none. */
  keepOutPx: number
}

/**
 * What is wrong with the layout of a wall, in words: small text, text outside of its box or over other text,
 * scrollbars, text cut with an ellipsis, marks in the middle of a double screen. Empty when nothing is.
 */
export function layoutFaults(page: Page, rules: LayoutRules): Promise<string[]> {
  return page.evaluate(({ floorPx, keepOutPx }) => {
    const faults: string[] = []
    const root = document.scrollingElement!
    if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} px`)
    if (root.scrollHeight > root.clientHeight) faults.push(`scrolls down: ${root.scrollHeight} px`)

    interface Piece {
      text: string
      owner: Element
      box: DOMRect
    }
    const pieces: Piece[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const owner = node.parentElement!
      const text = node.textContent!.trim()
      if (text === '' || owner.closest('.unseen, noscript, script, style') !== null) continue
      const hidden = owner.closest('.events li')
      // An event that does not fit stands whole in a column outside of its panel.
      if (
        hidden !== null &&
        hidden.getBoundingClientRect().left >= hidden.parentElement!.getBoundingClientRect().right
      )
        continue
      const size = Number.parseFloat(getComputedStyle(owner).fontSize)
      if (getComputedStyle(owner).visibility === 'hidden' || getComputedStyle(owner).display === 'none')
        continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0)
      if (boxes.length === 0) continue
      if (size < floorPx - 0.01) faults.push(`small text ${size} px: ${text}`)
      for (let cut: Element | null = owner; cut !== null; cut = cut.parentElement) {
        if (getComputedStyle(cut).textOverflow === 'ellipsis') faults.push(`ellipsis: ${text}`)
      }
      for (const box of boxes) {
        // The ink of a line is lower than its box; accents of one line may reach into the gap of the one above.
        const inset = box.height * 0.16
        pieces.push({
          text,
          owner,
          box: new DOMRect(box.x, box.y + inset, box.width, box.height - 2 * inset),
        })
      }
    }

    const slack = 1.5
    for (const { text, owner, box } of pieces) {
      const frame = owner
        .closest('.cell, .tile, .panel, .banner, .strip, .kpis-head, .wall')!
        .getBoundingClientRect()
      const outside =
        box.left < frame.left - slack ||
        box.right > frame.right + slack ||
        box.top < frame.top - slack ||
        box.bottom > frame.bottom + slack
      if (outside) faults.push(`outside of its box: ${text}`)
      const middle = innerWidth / 2
      if (keepOutPx > 0 && box.left < middle + keepOutPx - slack && box.right > middle - keepOutPx + slack) {
        faults.push(`in the middle: ${text}`)
      }
    }
    for (const [index, one] of pieces.entries()) {
      for (const other of pieces.slice(index + 1)) {
        if (one.owner === other.owner) continue
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        if (wide > slack && high > slack) faults.push(`overlap: ${one.text} / ${other.text}`)
      }
    }
    for (const list of document.querySelectorAll('.events')) {
      const frame = list.getBoundingClientRect()
      for (const item of list.children) {
        const box = item.getBoundingClientRect()
        if (box.left < frame.right && box.bottom > frame.bottom + slack) faults.push('an event is cut')
      }
    }
    return faults
  }, rules)
}
