import { createLog } from '../../../shared/node/log.ts'

/** Says much on its log, and its last word to its parent. */
const log = createLog('talkative', 'info')
for (let n = 0; n < 2_000; n++) log.info({ n }, 'a line')
process.send?.('still here')
process.disconnect?.()
