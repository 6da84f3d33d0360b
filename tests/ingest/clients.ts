import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'

/** A real MQTT client that ends with its test. */
export async function mqttClient(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options })
  client.on('error', () => {})
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  return client
}

export const json = (body: unknown): string => JSON.stringify(body)
