import { useReader } from '../lib/reader.tsx'

/** Stands where a part has failed, until it is tried again. */
export function Failure() {
  const { words } = useReader()
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{words.failure.title}</p>
      <p>{words.failure.retry}</p>
    </div>
  )
}
