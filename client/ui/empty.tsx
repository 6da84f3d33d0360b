/** Says that there is nothing to show, which is different from showing nothing. */
export function Empty({ text }: { text: string }) {
  return <p className="empty">{text}</p>
}
