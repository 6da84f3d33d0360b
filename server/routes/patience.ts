/** What `work` resolves to, or `otherwise` when that takes longer than `ms` milliseconds. The work itself goes on. */
export async function withPatience<T, U>(work: Promise<T>, ms: number, otherwise: U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<U>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise)
  })
  try {
    return await Promise.race([work, patience])
  } finally {
    clearTimeout(timer)
  }
}
