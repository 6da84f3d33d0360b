import { lockFolder } from '../../../shared/node/folder-lock.ts'

/** Run as a process of its own by folder-lock.test.ts: takes the lock and waits to be killed. */
lockFolder(process.argv[2]!)
process.send?.('locked')
setInterval(() => {}, 1_000)
