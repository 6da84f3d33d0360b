import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'

/** A log file that never grows past its bound: at `maximumBytes` it becomes `name.1` and a new one begins. */
export function boundedFile(path: string, maximumBytes = 5 * 1024 * 1024): Writable {
  mkdirSync(dirname(path), { recursive: true })
  let handle = openSync(path, 'a')
  let size = fstatSync(handle).size
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        if (size + chunk.length > maximumBytes) {
          closeSync(handle)
          renameSync(path, `${path}.1`)
          handle = openSync(path, 'a')
          size = 0
        }
        size += writeSync(handle, chunk)
      } catch {
        // A full disk must not stop the program whose words these are.
      }
      done()
    },
    final(done) {
      closeSync(handle)
      done()
    },
  })
}
