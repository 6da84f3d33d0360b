import type { IndicatorStatus } from '../../shared/contract/indicator.ts'
import type { Severity } from '../../shared/contract/primitives.ts'

/** Every level has a shape of its own, so that it is told without its colour. */
export type Shape = 'diamond' | 'triangle' | 'square' | 'disc' | 'ring' | 'hatch' | 'dash'

export type Tone = Severity | 'normal' | 'none'

export interface Mark {
  shape: Shape
  tone: Tone
}

export const severityMarks: Record<Severity, Mark> = {
  critical: { shape: 'diamond', tone: 'critical' },
  warning: { shape: 'triangle', tone: 'warning' },
  caution: { shape: 'square', tone: 'caution' },
  info: { shape: 'disc', tone: 'info' },
}

export const statusMarks: Record<IndicatorStatus, Mark> = {
  ok: { shape: 'ring', tone: 'normal' },
  warning: severityMarks.warning,
  critical: severityMarks.critical,
  insufficient: { shape: 'hatch', tone: 'none' },
  not_applicable: { shape: 'dash', tone: 'none' },
  suppressed: { shape: 'dash', tone: 'none' },
}

export const staleMark: Mark = { shape: 'hatch', tone: 'none' }
