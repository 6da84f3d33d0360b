import { createContext, useContext } from 'react'
import { createFormats, type Formats } from './format.ts'
import type { Language } from './settings.ts'
import { en } from './words.en.ts'
import { vi, type Words } from './words.vi.ts'

/** Whoever reads the page: a language, its words, its way of writing numbers. */
export interface Reader {
  language: Language
  words: Words
  formats: Formats
}

export function createReader(language: Language): Reader {
  return { language, words: language === 'en' ? en : vi, formats: createFormats(language) }
}

const ReaderContext = createContext<Reader>(createReader('vi'))

export const ReaderProvider = ReaderContext.Provider

export function useReader(): Reader {
  return useContext(ReaderContext)
}
