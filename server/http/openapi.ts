import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'

export const DOCS_PATH = '/api/docs'

/** Describes the routes registered after it: OpenAPI 3.1 at /api/docs/json, a page to try them at /api/docs. */
export async function describeApi(http: FastifyInstance, version: string): Promise<void> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'API Trung tâm điều hành giáo dục thông minh Nghệ An / Nghệ An Education IOC API',
        description:
          'Số liệu đo, điểm danh và chỉ tiêu của các trường học tỉnh Nghệ An. ' +
          'Thời điểm theo ISO 8601 có múi giờ; ngày là ngày của tỉnh (Asia/Ho_Chi_Minh).\n\n' +
          'Measurements, attendance and indicators of the schools of Nghệ An. ' +
          'Moments are ISO 8601 with a zone; days are days of the province (Asia/Ho_Chi_Minh).',
        version,
      },
    },
    transform: jsonSchemaTransform,
  })
  await http.register(swaggerUi, {
    routePrefix: DOCS_PATH,
    uiConfig: { docExpansion: 'list', deepLinking: true },
  })
}
