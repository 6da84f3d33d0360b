import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Where `npm run build` puts the client. */
export const CLIENT_FOLDER = fileURLToPath(new URL('../../dist/client', import.meta.url))

/** Addresses that are pages of the client; it reads the rest of the address itself. */
const PAGES = ['/', '/wall']

const YEAR_MS = 365 * 86_400_000

/**
 * Serves the built client. Files under assets/ carry a hash of their content in their name and may be kept for
 * ever; everything else is asked for again each time. The build may finish after the server has started, so the
 * folder is looked at with each request.
 */
export async function serveClient(http: FastifyInstance, folder: string): Promise<void> {
  await http.register(fastifyStatic, {
    root: folder,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(folder, 'assets') + sep)
      reply.header('cache-control', hashed ? `public, max-age=${YEAR_MS / 1000}, immutable` : 'no-cache')
    },
  })
  for (const page of PAGES) {
    http.get(page, { schema: { hide: true } }, (_request, reply) =>
      existsSync(join(folder, 'index.html'))
        ? reply.sendFile('index.html', folder)
        : sayBuildIsMissing(reply),
    )
  }
}

function sayBuildIsMissing(reply: FastifyReply): FastifyReply {
  return reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(MISSING)
}

const MISSING = `<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<title>Chưa có giao diện · No pages yet</title>
<body style="font: 18px/1.6 sans-serif; margin: 4rem auto; max-width: 40rem">
<h1>Giao diện chưa được dựng</h1>
<p>Máy chủ đang chạy, nhưng chưa có trang để hiển thị. Chạy <code>npm run build</code> (hoặc <code>npm start</code>), rồi tải lại trang này.</p>
<h2 lang="en">The pages have not been built</h2>
<p lang="en">The server is running, but there is no page to show. Run <code>npm run build</code> (or <code>npm start</code>), then reload this page.</p>
<p><a href="/api/docs">/api/docs</a></p>
</body>
</html>
`
