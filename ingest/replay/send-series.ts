import { formatTopic } from '../../shared/contract/topics.ts'
import type { Publisher } from '../simulator/publisher.ts'
import type { SeriesPoint } from './series.ts'

export interface SendOptions {
  publisher: Publisher
  school: string
  device: string
  /** Times as fast as it was measured; 0: as fast as it is acknowledged. */
  speed: number
  /** Called with each point's acknowledgement. */
  onAnswered(acknowledged: boolean): void
}

/** Sends points in their order, each as a message of its own, and resolves to the lines that were refused. */
export async function sendSeries(points: readonly SeriesPoint[], options: SendOptions): Promise<number[]> {
  const { publisher, school, device, speed } = options
  const topic = formatTopic({ kind: 'telemetry', school, device })
  const refused: number[] = []
  const answers: Promise<void>[] = []
  const started = performance.now()
  const first = points[0]?.ts ?? 0
  for (const { line, ts, values } of points) {
    const due = speed === 0 ? 0 : started + (ts - first) / speed
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    await publisher.room()
    const payload = JSON.stringify({ ts, values })
    const answered = publisher.publish(0, { topic, payload, retain: false }).then((acknowledged) => {
      if (!acknowledged) refused.push(line)
      options.onAnswered(acknowledged)
    })
    answers.push(answered)
  }
  await Promise.all(answers)
  return refused
}
