import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refuseFullDisk } from '../../../shared/node/disk.ts'

const folder = mkdtempSync(join(tmpdir(), 'ioc-disk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['ENOSPC', 'EDQUOT'])(
  'a failure with %s is a full disk, in one sentence with its remedy',
  (code) => {
    expect(() => refuseFullDisk(folder, code)).toThrow(
      expect.objectContaining({
        code: 'disk-full',
        exit: 74,
        message: expect.stringMatching(
          new RegExp(
            `^The disk of the data folder ${folder} is full \\(\\d+ MiB free, 32 needed\\): free space on it\\.`,
          ),
        ),
      }),
    )
  },
)

test('any other failure is not, whatever space there is', () => {
  refuseFullDisk(folder, 'EACCES')
  refuseFullDisk(join(folder, 'not-there'), undefined)
})
