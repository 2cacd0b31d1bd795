import { describe, expect, it } from 'vitest'
import { faulty, given, missing, withDefaults, type Setting } from './setting'

const setting = (name: string, more: Partial<Setting> = {}): Setting => ({ name, title: name.toUpperCase(), kind: 'text', help: '', required: false, ...more })
const settings = [setting('url', { required: true }), setting('format', { default: 'array' }), setting('secret')]

describe('settings of a receiver', () => {
  it('begin with what is set, or the default', () => {
    expect(withDefaults(settings, { url: 'https://x', other: '1' })).toEqual({ url: 'https://x', format: 'array', secret: '' })
    expect(withDefaults(settings, undefined)).toEqual({ url: '', format: 'array', secret: '' })
  })

  it('are sent without what is empty or of another kind', () => {
    expect(given(settings, { url: ' https://x ', format: 'lines', secret: ' ', other: '1' })).toEqual({ url: 'https://x', format: 'lines' })
  })

  it('say which is needed', () => {
    expect(missing(settings, { url: ' ' })).toEqual(['URL'])
    expect(missing(settings, { url: 'x' })).toEqual([])
  })

  it('are found in what the server says', () => {
    expect(faulty('url', 'settings.url: is needed; settings.secret: the name of a secret')).toBe(true)
    expect(faulty('format', 'settings.url: is needed')).toBe(false)
  })
})
