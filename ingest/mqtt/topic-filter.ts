/** Whether a text is a topic filter: + fills a level, # the last one [MQTT-4.7.1-2, 4.7.1-3]. */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/')
  return (
    text !== '' &&
    levels.every(
      (level, at) => !/[+#]/.test(level) || level === '+' || (level === '#' && at === levels.length - 1),
    )
  )
}

/** Whether messages can be published to it [MQTT-3.3.2-2]. */
export function isTopicName(text: string): boolean {
  return text !== '' && !/[+#]/.test(text)
}
