/** The rows that the load of flood.ts becomes, for the candidates that store without MQTT. */
export interface Rows {
  devices: Int32Array
  metrics: Int16Array
  times: Float64Array
  values: Float64Array
  qualities: Int16Array
}

/** Rows of messages `first` to `last`: four values each, devices in turn, a second later each round. */
export function rowsOf(first: number, last: number, deviceIds: readonly number[], from: number): Rows {
  const count = (last - first) * 4
  const rows: Rows = {
    devices: new Int32Array(count),
    metrics: new Int16Array(count),
    times: new Float64Array(count),
    values: new Float64Array(count),
    qualities: new Int16Array(count),
  }
  for (let n = first, at = 0; n < last; n++) {
    const time = from + Math.floor(n / deviceIds.length) * 1000
    const values = [500 + (n % 700), 24 + (n % 50) / 10, 61.5, 400 + (n % 90)]
    for (let metric = 1; metric <= 4; metric++, at++) {
      rows.devices[at] = deviceIds[n % deviceIds.length]!
      rows.metrics[at] = metric
      rows.times[at] = time
      rows.values[at] = values[metric - 1]!
    }
  }
  return rows
}
