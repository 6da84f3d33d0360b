import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { LogWriter } from './log-writer.ts'

/** A log file that never grows past its bound: at `maximumBytes` it becomes `name.1` and a new one begins. */
export function boundedFile(path: string, maximumBytes = 5 * 1024 * 1024): Writable {
  let file: { handle: number; size: number } | undefined
  const close = () => {
    if (file) closeSync(file.handle)
    file = undefined
  }
  const open = () => {
    mkdirSync(dirname(path), { recursive: true })
    const handle = openSync(path, 'a')
    return { handle, size: fstatSync(handle).size }
  }
  const writer = new LogWriter((bytes) => {
    file ??= open()
    if (file.size > 0 && file.size + bytes.length > maximumBytes) {
      close()
      renameSync(path, `${path}.1`)
      file = open()
    }
    const written = writeSync(file.handle, bytes)
    file.size += written
    return written
  })
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      writer.write(chunk)
      done()
    },
    final(done) {
      close()
      done()
    },
  })
}
