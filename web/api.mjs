// Writes src/api/schema.d.ts from the description of the API on standard input.
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import openapiTS, { astToString } from 'openapi-typescript'

// Objects may get further fields in later versions. For the types that would mean that every
// name is a field, and a misspelt one no mistake.
const described = JSON.parse(await text(process.stdin), (key, value) => (key === 'additionalProperties' && value === true ? undefined : value))

const types = astToString(await openapiTS(described, { alphabetize: true }))
writeFileSync(new URL('src/api/schema.d.ts', import.meta.url), '// Written by `npm run api` from the API itself; do not edit.\n\n' + types)
