/** Where the queue of a broker is measured. A wide filter of ours brings these too: they are no messages of a school. */
const START = 'ioc/probe/'

export function probeTopic(id: string): string {
  return `${START}${id}`
}

export function isProbe(topic: string): boolean {
  return topic.startsWith(START)
}
