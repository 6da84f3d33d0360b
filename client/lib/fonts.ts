const WEIGHTS = ['400', '600']
const FAMILIES = ['Be Vietnam Pro', 'IBM Plex Sans']
/** One letter of each file: Latin, extended Latin, Vietnamese. */
const SAMPLE = 'aąạ'
/** A wall whose fonts do not come is still worth reading. */
const PATIENCE_MS = 5_000

/** Resolves when the fonts of the page are there, or have kept it waiting too long. */
export async function loadFonts(): Promise<void> {
  const asked = FAMILIES.flatMap((family) =>
    WEIGHTS.map((weight) => document.fonts.load(`${weight} 16px '${family}'`, SAMPLE)),
  )
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  await Promise.race([Promise.allSettled(asked).then(() => document.fonts.ready), patience])
}
