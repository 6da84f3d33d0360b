import net from 'node:net'
import { Aedes } from 'aedes'

/** Run as a process of its own: an ordinary broker that acknowledges what it has forwarded, not what is stored. */
const aedes = new Aedes()
await aedes.listen()
const server = net.createServer((socket) => aedes.handle(socket))
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as net.AddressInfo).port }))
